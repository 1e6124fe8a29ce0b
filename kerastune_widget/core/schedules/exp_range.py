"""Cyclic rate, "exp_range" (Smith, 2017, arXiv:1506.01186, 3.1): the height falls by the same share in each step."""

from __future__ import annotations

import numpy as np

from ..control import ControlSpec
from ..schedule import Numbers, Schedule
from ..text import Text
from ._parameters import BASE, HALF_CYCLE


def factor(
    step: Numbers, *, steps_per_epoch: int, total_steps: int, base: float, step_epochs: float, gamma: float
) -> Numbers:
    """Rise from the low point and fall back, again and again, ``gamma`` to the power of the step as high."""
    half = step_epochs * steps_per_epoch
    cycle = np.floor(1.0 + step / (2.0 * half))
    height = np.maximum(0.0, 1.0 - np.abs(step / half - 2.0 * cycle + 1.0))
    return base + (1.0 - base) * height * gamma**step


SCHEDULE = Schedule(
    "exp_range",
    Text(en="cyclic, fading", zh="循环，逐步减弱"),
    factor,
    Text(
        en="The rate rises from a quarter and falls back, again and again, a little less high in each step.",
        zh="学习率从四分之一升起再降回，如此反复，每一步高度略减。",
    ),
    order=74,
    parameters=(
        HALF_CYCLE,
        BASE,
        ControlSpec(
            name="gamma",
            title=Text(en="Height kept by each step", zh="每步保留的高度"),
            kind="slider",
            default=0.9995,
            minimum=1e-3,
            maximum=1.0,
            slider_range=(0.99, 1.0),
            step=0.0001,
            help=Text(
                en="Each step multiplies the height by this; 0.9995 halves it in about 1400 steps.",
                zh="每一步高度乘上该值；0.9995 约 1400 步后减半。",
            ),
        ),
    ),
)
