"""Inverse time decay, ``1 / (1 + rate * t)`` (Robbins & Monro, 1951, are why: these rates sum to infinity)."""

from __future__ import annotations

import numpy as np

from ..control import ControlSpec
from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import STAIRCASE, epochs


def factor(
    step: Numbers,
    *,
    steps_per_epoch: int,
    total_steps: int,
    decay_rate: float,
    decay_epochs: float,
    staircase: bool,
) -> Numbers:
    """Fall as one over the time that has gone by."""
    position = step / (decay_epochs * steps_per_epoch)
    return 1.0 / (1.0 + decay_rate * (np.floor(position) if staircase else position))


def in_keras(
    rate: float,
    *,
    steps_per_epoch: int,
    total_steps: int,
    decay_rate: float,
    decay_epochs: float,
    staircase: bool,
) -> KerasSchedule:
    """Return Keras's class."""
    arguments = {"initial_learning_rate": rate, "decay_steps": decay_epochs * steps_per_epoch}
    return "InverseTimeDecay", {**arguments, "decay_rate": decay_rate, "staircase": staircase}


SCHEDULE = Schedule(
    "inverse_time",
    Text(en="inverse time decay", zh="反时限衰减"),
    factor,
    Text(
        en="The rate falls fast at first and ever more slowly: to a half after one epoch, a third after two.",
        zh="学习率先快后慢地下降：一轮后为二分之一，两轮后为三分之一。",
    ),
    order=60,
    parameters=(
        ControlSpec(
            name="decay_rate",
            title=Text(en="Decay rate", zh="衰减率"),
            kind="slider",
            default=1.0,
            minimum=0.0,
            maximum=1e6,
            slider_range=(0.0, 5.0),
            step=0.1,
            help=Text(
                en="The rate after one decay length is 1 / (1 + this).",
                zh="经过一个衰减长度后，比例为 1 /（1 + 该值）。",
            ),
        ),
        epochs(
            "decay_epochs",
            Text(en="Decay epochs", zh="衰减轮数"),
            Text(en="The length that the decay rate is meant for, in epochs.", zh="衰减率对应的长度，以轮计。"),
            default=1.0,
        ),
        STAIRCASE,
    ),
    keras=in_keras,
)
