"""Cosine decay (Loshchilov & Hutter, 2017, arXiv:1608.03983), down to 1% so that a continued run still learns."""

from __future__ import annotations

import math

from ..schedule import Schedule
from ..text import Text


def factor(progress: float) -> float:
    """Fall along half a cosine wave, to 1% at the end."""
    return 0.99 * 0.5 * (1.0 + math.cos(math.pi * progress)) + 0.01


SCHEDULE = Schedule(
    "cosine",
    Text(en="cosine decay", zh="余弦衰减"),
    factor,
    Text(
        en="The rate falls along half a cosine wave, slowly at first and last, to 1% at the end.",
        zh="学习率沿半个余弦波下降，首尾平缓，结束时为 1%。",
    ),
    order=20,
)
