"""Exponential decay: the rate loses the same share in each step."""

from __future__ import annotations

from ..schedule import Schedule
from ..text import Text


def factor(progress: float) -> float:
    """Fall by the same share in each step, to 1% at the end."""
    return float(0.01**progress)


SCHEDULE = Schedule(
    "exponential",
    Text(en="exponential decay", zh="指数衰减"),
    factor,
    Text(
        en="The rate falls by the same share in each step, to 1% at the end.",
        zh="学习率每一步按相同比例下降，结束时为 1%。",
    ),
    order=30,
)
