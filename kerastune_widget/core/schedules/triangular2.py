"""Cyclic rate, "triangular2" (Smith, 2017, arXiv:1506.01186, 3.1): each cycle half as high as the one before."""

from __future__ import annotations

import numpy as np

from ..schedule import Numbers, Schedule
from ..text import Text
from ._parameters import BASE, HALF_CYCLE


def factor(step: Numbers, *, steps_per_epoch: int, total_steps: int, base: float, step_epochs: float) -> Numbers:
    """Rise from the low point and fall back, each time half as high."""
    half = step_epochs * steps_per_epoch
    cycle = np.floor(1.0 + step / (2.0 * half))
    height = np.maximum(0.0, 1.0 - np.abs(step / half - 2.0 * cycle + 1.0))
    return base + (1.0 - base) * height * 0.5 ** (cycle - 1.0)


SCHEDULE = Schedule(
    "triangular2",
    Text(en="cyclic, halved each time", zh="循环，每次减半"),
    factor,
    Text(
        en="The rate rises from a quarter and falls back, again and again, each time half as high.",
        zh="学习率从四分之一升起再降回，如此反复，每次高度减半。",
    ),
    order=72,
    parameters=(HALF_CYCLE, BASE),
)
