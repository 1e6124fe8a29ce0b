"""Constant: the learning rate stays where it is."""

from __future__ import annotations

from ..schedule import CONSTANT, Schedule
from ..text import Text


def factor(progress: float) -> float:
    """Stay at the rate that is set."""
    return 1.0


SCHEDULE = Schedule(
    CONSTANT,
    Text(en="constant", zh="恒定"),
    factor,
    Text(en="The rate stays where you set it.", zh="学习率保持设定值。"),
    order=10,
)
