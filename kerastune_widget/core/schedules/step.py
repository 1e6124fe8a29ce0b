"""Step decay: a tenth at half and again at three quarters of the run (He et al., 2016, arXiv:1512.03385, 4.2)."""

from __future__ import annotations

import math

import numpy as np

from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import epochs, share


def factor(
    step: Numbers, *, steps_per_epoch: int, total_steps: int, drop: float, every_epochs: float | None
) -> Numbers:
    """Fall to ``drop`` of it at half and again at three quarters of the run, or after each so many epochs."""
    if every_epochs is None:
        half, rest = step >= 0.5 * total_steps, step >= 0.75 * total_steps
        return drop ** (np.where(half, 1.0, 0.0) + np.where(rest, 1.0, 0.0))
    return drop ** np.floor(step / (every_epochs * steps_per_epoch))


def in_keras(
    rate: float, *, steps_per_epoch: int, total_steps: int, drop: float, every_epochs: float | None
) -> KerasSchedule:
    """Return Keras's class; its boundaries are the last steps with the old value."""
    if every_epochs is not None:
        arguments = {"decay_steps": every_epochs * steps_per_epoch, "decay_rate": drop, "staircase": True}
        return "ExponentialDecay", {"initial_learning_rate": rate, **arguments}
    boundaries = [math.ceil(0.5 * total_steps) - 1, math.ceil(0.75 * total_steps) - 1]
    return "PiecewiseConstantDecay", {"boundaries": boundaries, "values": [rate, rate * drop, rate * drop**2]}


SCHEDULE = Schedule(
    "step",
    Text(en="step decay", zh="阶梯衰减"),
    factor,
    Text(
        en="The rate falls to a tenth at half of the run, and to a hundredth at three quarters.",
        zh="学习率在运行过半时降为十分之一，在四分之三处降为百分之一。",
    ),
    order=40,
    parameters=(
        share(
            "drop",
            Text(en="Falls to", zh="每次降至"),
            Text(en="The share of the rate that is left after each fall.", zh="每次下降后剩下的比例。"),
            default=0.1,
        ),
        epochs(
            "every_epochs",
            Text(en="Every so many epochs", zh="每隔多少轮"),
            Text(
                en="Epochs from fall to fall; switched off: at half and at three quarters of the run.",
                zh="两次下降之间的轮数；不启用则在运行过半和四分之三处下降。",
            ),
        ),
    ),
    keras=in_keras,
)
