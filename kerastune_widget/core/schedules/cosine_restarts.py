"""Cosine decay with warm restarts, SGDR (Loshchilov & Hutter, 2017, arXiv:1608.03983, 3)."""

from __future__ import annotations

import math

import numpy as np

from ..control import ControlSpec
from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import ALPHA, epochs, share


def factor(
    step: Numbers,
    *,
    steps_per_epoch: int,
    total_steps: int,
    first_epochs: float,
    t_mul: float,
    m_mul: float,
    alpha: float,
) -> Numbers:
    """Fall along half a cosine wave, jump back up, and so on; each wave longer than the last."""
    position = step / (first_epochs * steps_per_epoch)
    if t_mul == 1.0:
        restarts = np.floor(position)
        within = position - restarts
    else:
        # a little more, so that the logarithm of a whole power never rounds to below it
        longer = np.log(1.0 + position * (t_mul - 1.0)) / math.log(t_mul)
        restarts = np.floor(longer + 1e-9)
        begun = (t_mul**restarts - 1.0) / (t_mul - 1.0)
        within = np.clip((position - begun) / t_mul**restarts, 0.0, 1.0)
    wave = m_mul**restarts * 0.5 * (1.0 + np.cos(math.pi * within))
    return (1.0 - alpha) * wave + alpha


def in_keras(
    rate: float,
    *,
    steps_per_epoch: int,
    total_steps: int,
    first_epochs: float,
    t_mul: float,
    m_mul: float,
    alpha: float,
) -> KerasSchedule:
    """Return Keras's class."""
    arguments = {"initial_learning_rate": rate, "first_decay_steps": first_epochs * steps_per_epoch}
    return "CosineDecayRestarts", {**arguments, "t_mul": t_mul, "m_mul": m_mul, "alpha": alpha}


_LONGER = ControlSpec(
    name="t_mul",
    title=Text(en="Each wave longer by", zh="波长倍率"),
    kind="slider",
    default=2.0,
    minimum=1.0,
    maximum=10.0,
    slider_range=(1.0, 4.0),
    step=0.1,
    help=Text(en="Each wave is so many times as long as the one before.", zh="每个波长是前一个的多少倍。"),
)

SCHEDULE = Schedule(
    "cosine_restarts",
    Text(en="cosine with restarts", zh="带重启的余弦衰减"),
    factor,
    Text(
        en="The rate falls along half a cosine wave and jumps back up, again and again; each wave is longer.",
        zh="学习率沿半个余弦波下降后跳回高处，如此反复；每个波更长。",
    ),
    order=22,
    parameters=(
        epochs(
            "first_epochs",
            Text(en="First wave", zh="第一个波"),
            Text(en="How many epochs the first wave takes.", zh="第一个波用多少轮。"),
            default=1.0,
        ),
        _LONGER,
        share(
            "m_mul",
            Text(en="Each peak times", zh="峰值倍率"),
            Text(en="Each restart reaches so much of the peak before.", zh="每次重启达到前一个峰值的多少。"),
            default=1.0,
        ),
        ALPHA,
    ),
    keras=in_keras,
)
