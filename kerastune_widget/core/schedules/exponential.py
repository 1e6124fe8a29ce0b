"""Exponential decay: the rate loses the same share in each step, or all at once at the end of each decay length."""

from __future__ import annotations

import numpy as np

from ..control import ControlSpec
from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import DECAY_EPOCHS, STAIRCASE


def factor(
    step: Numbers,
    *,
    steps_per_epoch: int,
    total_steps: int,
    decay_rate: float,
    decay_epochs: float | None,
    staircase: bool,
) -> Numbers:
    """Fall by the same share in each step; to ``decay_rate`` once the decay length is over, and on from there."""
    length = total_steps if decay_epochs is None else decay_epochs * steps_per_epoch
    position = step / length
    if decay_epochs is None:
        position = np.minimum(position, 1.0)
    return decay_rate ** (np.floor(position) if staircase else position)


def in_keras(
    rate: float,
    *,
    steps_per_epoch: int,
    total_steps: int,
    decay_rate: float,
    decay_epochs: float | None,
    staircase: bool,
) -> KerasSchedule:
    """Return Keras's class, which is ``initial * decay_rate ** (step / decay_steps)``."""
    length = total_steps if decay_epochs is None else decay_epochs * steps_per_epoch
    arguments = {"initial_learning_rate": rate, "decay_steps": length, "decay_rate": decay_rate}
    return "ExponentialDecay", {**arguments, "staircase": staircase}


SCHEDULE = Schedule(
    "exponential",
    Text(en="exponential decay", zh="指数衰减"),
    factor,
    Text(
        en="The rate falls by the same share in each step, to 1% at the end.",
        zh="学习率每一步按相同比例下降，结束时为 1%。",
    ),
    order=30,
    parameters=(
        ControlSpec(
            name="decay_rate",
            title=Text(en="Falls to", zh="降至"),
            kind="log_slider",
            default=0.01,
            minimum=1e-9,
            maximum=1.0,
            slider_range=(1e-4, 1.0),
            step=0.05,
            help=Text(
                en="The share of the rate that is left at the end of each decay length.",
                zh="每过一个衰减长度，学习率剩下的比例。",
            ),
        ),
        DECAY_EPOCHS,
        STAIRCASE,
    ),
    keras=in_keras,
)
