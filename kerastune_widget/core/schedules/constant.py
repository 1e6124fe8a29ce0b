"""Constant: the learning rate stays where it is."""

from __future__ import annotations

import numpy as np

from ..schedule import CONSTANT, Numbers, Schedule
from ..text import Text


def factor(step: Numbers, *, steps_per_epoch: int, total_steps: int) -> Numbers:
    """Stay at the rate that is set."""
    return np.ones_like(step)


SCHEDULE = Schedule(
    CONSTANT,
    Text(en="constant", zh="恒定"),
    factor,
    Text(en="The rate stays where you set it.", zh="学习率保持设定值。"),
    order=10,
)
