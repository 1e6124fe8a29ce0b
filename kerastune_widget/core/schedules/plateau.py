"""Reduce on plateau: the rate is cut when the loss has stopped falling, as Keras's ``ReduceLROnPlateau`` does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..control import Choice, ControlSpec
from ..improvement import MONITORED, monitored
from ..metric_direction import direction
from ..plateau import PLATEAU, PlateauMark, PlateauWatch
from ..schedule import KerasSchedule, Numbers, Schedule
from ..text import Text
from ._parameters import share


def factor(step: Numbers, *, steps_per_epoch: int, total_steps: int) -> Numbers:
    """Stay at the rate that is set; what is watched cuts it."""
    return np.ones_like(step)


def watch(
    epochs: Mapping[str, Sequence[float]],
    *,
    monitor: str,
    cut: float,
    patience: int,
    min_delta: float,
    cooldown: int,
    lowest: float,
) -> list[PlateauMark]:
    """Count the epochs without improvement; of the training loss where there is no validation."""
    name = monitored(epochs, monitor) or monitored(epochs) or monitor
    count = max((len(values) for values in epochs.values()), default=0)
    values = [*epochs.get(name, ())]
    values += [math.nan] * (count - len(values))
    return list(PlateauWatch(name, cut, patience, min_delta, cooldown, lowest).marks(values))


def in_keras(
    rate: float,
    *,
    steps_per_epoch: int,
    total_steps: int,
    monitor: str,
    cut: float,
    patience: int,
    min_delta: float,
    cooldown: int,
    lowest: float,
) -> KerasSchedule:
    """Return Keras's callback."""
    loss = monitor in MONITORED  # Keras knows which way it is to go
    mode = {} if loss else {"mode": "max" if direction(monitor) == "up" else "min"}
    counted = {**mode, "patience": patience, "min_delta": min_delta, "cooldown": cooldown}
    return "ReduceLROnPlateau", {"monitor": monitor, "factor": cut, **counted, "min_lr": rate * lowest}


def _whole(name: str, title: Text, help: Text, default: int, minimum: int) -> ControlSpec:
    return ControlSpec(name, title, "integer", default, minimum, 10_000, help=help)


SCHEDULE = Schedule(
    PLATEAU,
    Text(en="reduce on plateau", zh="停滞时降低"),
    factor,
    Text(
        en="The rate is halved when the validation loss has not improved for some epochs.",
        zh="验证损失连续若干轮没有改进时，学习率减半。",
    ),
    order=90,
    parameters=(
        ControlSpec(
            name="monitor",
            title=Text(en="Watches", zh="监视的指标"),
            kind="choice",
            default="val_loss",
            choices=(
                Choice("val_loss", Text(en="validation loss", zh="验证损失")),
                Choice("loss", Text(en="training loss", zh="训练损失")),
            ),
            help=Text(
                en="What is to improve; without validation data, the training loss.",
                zh="监视哪个指标；没有验证数据时为训练损失。",
            ),
        ),
        ControlSpec(
            name="cut",
            title=Text(en="Cut to", zh="降至"),
            kind="slider",
            default=0.5,
            minimum=1e-6,
            maximum=0.999,
            slider_range=(0.05, 0.95),
            step=0.05,
            help=Text(en="What each cut multiplies the rate by.", zh="每次降低时学习率乘上的比例。"),
        ),
        _whole(
            "patience",
            Text(en="Patience", zh="耐心轮数"),
            Text(en="Epochs without improvement that lead to a cut.", zh="连续多少轮没有改进就降低。"),
            5,
            1,
        ),
        ControlSpec(
            name="min_delta",
            title=Text(en="Least improvement", zh="最小改进量"),
            kind="slider",
            default=1e-4,
            minimum=0.0,
            maximum=1e6,
            slider_range=(0.0, 0.1),
            step=0.0001,
            help=Text(en="An improvement by no more than this counts as none.", zh="改进不超过此值视为没有改进。"),
        ),
        _whole(
            "cooldown",
            Text(en="Cool-down", zh="冷却轮数"),
            Text(en="Epochs after a cut in which waiting does not count.", zh="降低之后这么多轮内不计入等待。"),
            0,
            0,
        ),
        share(
            "lowest",
            Text(en="Lowest share", zh="最低比例"),
            Text(en="The rate never falls below this share of what you set.", zh="学习率不会低于设定值的这个比例。"),
            default=0.0,
        ),
    ),
    keras=in_keras,
    watch=watch,
)
