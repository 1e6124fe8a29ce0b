"""Cyclic rate, "triangular" (Smith, 2017, arXiv:1506.01186, 3.1): up and down in straight lines."""

from __future__ import annotations

import numpy as np

from ..schedule import Numbers, Schedule
from ..text import Text
from ._parameters import BASE, HALF_CYCLE


def factor(step: Numbers, *, steps_per_epoch: int, total_steps: int, base: float, step_epochs: float) -> Numbers:
    """Rise from the low point to the rate that is set and fall back, again and again."""
    half = step_epochs * steps_per_epoch
    cycle = np.floor(1.0 + step / (2.0 * half))
    height = np.maximum(0.0, 1.0 - np.abs(step / half - 2.0 * cycle + 1.0))
    return base + (1.0 - base) * height


SCHEDULE = Schedule(
    "triangular",
    Text(en="cyclic, triangular", zh="循环，三角形"),
    factor,
    Text(
        en="The rate rises from a quarter to what you set and falls back, again and again.",
        zh="学习率从四分之一升到设定值再降回，如此反复。",
    ),
    order=70,
    parameters=(HALF_CYCLE, BASE),
)
