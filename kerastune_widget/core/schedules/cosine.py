"""Cosine decay (Loshchilov & Hutter, 2017, arXiv:1608.03983), down to 1% so that a continued run still learns."""

from __future__ import annotations

import math

import numpy as np

from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import ALPHA, DECAY_EPOCHS


def factor(
    step: Numbers, *, steps_per_epoch: int, total_steps: int, decay_epochs: float | None, alpha: float
) -> Numbers:
    """Fall along half a cosine wave and stay there."""
    length = total_steps if decay_epochs is None else decay_epochs * steps_per_epoch
    wave = 0.5 * (1.0 + np.cos(math.pi * np.minimum(step / length, 1.0)))
    return (1.0 - alpha) * wave + alpha


def in_keras(
    rate: float, *, steps_per_epoch: int, total_steps: int, decay_epochs: float | None, alpha: float
) -> KerasSchedule:
    """Return Keras's class."""
    length = total_steps if decay_epochs is None else decay_epochs * steps_per_epoch
    return "CosineDecay", {"initial_learning_rate": rate, "decay_steps": length, "alpha": alpha}


SCHEDULE = Schedule(
    "cosine",
    Text(en="cosine decay", zh="余弦衰减"),
    factor,
    Text(
        en="The rate falls along half a cosine wave, slowly at first and last, to 1% at the end.",
        zh="学习率沿半个余弦波下降，首尾平缓，结束时为 1%。",
    ),
    order=20,
    parameters=(DECAY_EPOCHS, ALPHA),
    keras=in_keras,
)
