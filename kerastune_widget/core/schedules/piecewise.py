"""Piecewise constant: at epochs of your choice the rate takes another level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..control import ControlSpec
from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text

_UNEQUAL = Text(
    en="there must be as many levels as epochs, one from each epoch on.",
    zh="比例的个数必须与轮次的个数相同，各自从对应轮次起生效。",
)
_UNSORTED = Text(en="the epochs must ascend.", zh="轮次必须递增。")


def factor(
    step: Numbers,
    *,
    steps_per_epoch: int,
    total_steps: int,
    boundaries: Sequence[float],
    levels: Sequence[float],
) -> Numbers:
    """Hold each level from its epoch to the next one's; 1 before the first."""
    passed = [step >= boundary * steps_per_epoch for boundary in reversed(boundaries)]
    return np.select(passed, list(reversed(levels)), 1.0)


def in_keras(
    rate: float,
    *,
    steps_per_epoch: int,
    total_steps: int,
    boundaries: Sequence[float],
    levels: Sequence[float],
) -> KerasSchedule:
    """Return Keras's class; its boundaries are the last steps with the old value."""
    last = [math.ceil(boundary * steps_per_epoch) - 1 for boundary in boundaries]
    return "PiecewiseConstantDecay", {"boundaries": last, "values": [rate, *(rate * level for level in levels)]}


def refuse(*, boundaries: Sequence[float], levels: Sequence[float]) -> Text | None:
    """Refuse what leaves open which level is when."""
    if len(boundaries) != len(levels):
        return _UNEQUAL
    ascending = all(first < second for first, second in pairwise(boundaries))
    return None if ascending else _UNSORTED


SCHEDULE = Schedule(
    "piecewise",
    Text(en="piecewise constant", zh="分段常数"),
    factor,
    Text(en="The rate takes another level at epochs of your choice.", zh="在你选定的轮次处，学习率换到另一个水平。"),
    order=42,
    parameters=(
        ControlSpec(
            name="boundaries",
            title=Text(en="After epochs", zh="在这些轮次之后"),
            kind="numbers",
            default=(5, 8),
            minimum=0.0,
            maximum=1e6,
            help=Text(
                en="After how many epochs each level begins, ascending, with commas between.",
                zh="各个水平在多少轮之后开始，递增，用逗号分隔。",
            ),
        ),
        ControlSpec(
            name="levels",
            title=Text(en="Levels", zh="水平"),
            kind="numbers",
            default=(0.1, 0.01),
            minimum=0.0,
            maximum=1e3,
            help=Text(
                en="What multiplies the rate from each of these epochs on; before the first it is 1.",
                zh="从各个轮次起学习率乘上的比例；第一个之前为 1。",
            ),
        ),
    ),
    keras=in_keras,
    refuse=refuse,
)
