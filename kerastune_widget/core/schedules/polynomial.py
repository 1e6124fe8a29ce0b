"""Polynomial decay: a straight line down, or a power of it as in DeepLab (Chen et al., 2018, arXiv:1606.00915, 4.1)."""

from __future__ import annotations

import numpy as np

from ..control import ControlSpec
from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import ALPHA, DECAY_EPOCHS, toggle


def factor(
    step: Numbers,
    *,
    steps_per_epoch: int,
    total_steps: int,
    power: float,
    decay_epochs: float | None,
    alpha: float,
    cycle: bool,
) -> Numbers:
    """Fall along ``(1 - position) ** power`` and stay there, or begin anew, each time more slowly."""
    length = total_steps if decay_epochs is None else decay_epochs * steps_per_epoch
    laps = np.maximum(np.ceil(step / length), 1.0) if cycle else 1.0
    left = 1.0 - np.minimum(step / (length * laps), 1.0)
    return (1.0 - alpha) * left**power + alpha


def in_keras(
    rate: float,
    *,
    steps_per_epoch: int,
    total_steps: int,
    power: float,
    decay_epochs: float | None,
    alpha: float,
    cycle: bool,
) -> KerasSchedule:
    """Return Keras's class."""
    length = total_steps if decay_epochs is None else decay_epochs * steps_per_epoch
    arguments = {"initial_learning_rate": rate, "decay_steps": length, "end_learning_rate": rate * alpha}
    return "PolynomialDecay", {**arguments, "power": power, "cycle": cycle}


SCHEDULE = Schedule(
    "polynomial",
    Text(en="polynomial decay", zh="多项式衰减"),
    factor,
    Text(
        en="The rate falls in a straight line (power 1) or along a power, to 1% at the end.",
        zh="学习率沿直线（幂次为 1）或幂函数下降，结束时为 1%。",
    ),
    order=50,
    parameters=(
        ControlSpec(
            name="power",
            title=Text(en="Power", zh="幂次"),
            kind="slider",
            default=1.0,
            minimum=1e-3,
            maximum=100.0,
            slider_range=(0.25, 4.0),
            step=0.25,
            help=Text(
                en="1 is a straight line; above 1 the rate falls fast at first, below 1 at last.",
                zh="1 为直线；大于 1 先快后慢，小于 1 先慢后快。",
            ),
        ),
        DECAY_EPOCHS,
        ALPHA,
        toggle(
            "cycle",
            Text(en="Begin anew", zh="循环"),
            Text(
                en="Once at the bottom, jump up and fall again, over a longer time.",
                zh="降到底后跳回并再次下降，每次时间更长。",
            ),
        ),
    ),
    keras=in_keras,
)
