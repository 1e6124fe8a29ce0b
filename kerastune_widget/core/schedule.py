"""What a schedule is: how the learning rate moves over a run, as a pure function."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import HyperparameterError
from .control import ControlSpec
from .discover import discover
from .spelling import unspell
from .text import NO_TEXT, Text

Numbers = NDArray[np.float64]
KerasSchedule = tuple[str, dict[str, Any]]

CONSTANT = "constant"
"""The name of the schedule that leaves the rate alone."""

WARMUP = ControlSpec(
    name="warmup_epochs",
    title=Text(en="Warm-up epochs", zh="预热轮数"),
    kind="slider",
    default=0.0,
    minimum=0.0,
    maximum=1e6,
    slider_range=(0.0, 10.0),
    step=0.5,
    help=Text(
        en="Over so many epochs the rate first rises in a straight line from 0; the schedule spans what is left.",
        zh="先用这么多轮让学习率从 0 直线上升到设定值；其余部分由学习率计划安排。",
    ),
)
"""What every schedule with ``warms_up`` has beside its own parameters (Goyal et al., 2017, arXiv:1706.02677, 2.2)."""

_REFUSED = Text(
    en="schedule={name!r} cannot be: {why} Received {arguments}.",
    zh="学习率计划 {name!r} 无法使用：{why}收到的是 {arguments}。",
)


class Watched(Protocol):
    """What a schedule that watches the run makes of one epoch."""

    @property
    def factor(self) -> float:
        """What multiplies the rate from the next epoch on."""


@dataclass(frozen=True)
class Schedule:
    """One way for the learning rate to move over a run.

    Attributes:
        name: As the control calls it.
        title: As a person reads it.
        factor: From the step (float64 array, counted from 0 after the warm-up) to what multiplies the learning rate,
            likewise float64. Called with ``steps_per_epoch`` and ``total_steps`` (of the run, after the warm-up) and
            those of the parameters that it takes, all by name. It names its arguments, ``np``, ``math`` and
            built-ins only, so that a script can contain its source as it stands.
        help: One sentence on what it does.
        order: Place among the schedules, least first.
        parameters: What can be set of it. Lengths are in epochs; None stands for the whole run.
        keras: From the rate, ``steps_per_epoch``, ``total_steps`` and all parameters to the equal of it in Keras: name
            and arguments of a class of ``keras.optimizers.schedules``, or of a callback. None: Keras has none.
        momentum: Like ``factor``, but to the momentum itself (beta_1 of Adam and its like), or None for such
            parameters that leave it alone; None: it never moves.
        watch: From all epochs' values by name, and the parameters, to what it makes of each; the last one's factor
            multiplies the rate of the next epoch. None: it depends on the step only.
        warms_up: Whether a linear warm-up can come before it.
        refuse: From all parameters to why they cannot go together; None when they can.
    """

    name: str
    title: Text
    factor: Callable[..., Numbers]
    help: Text = NO_TEXT
    order: int = 50
    parameters: tuple[ControlSpec, ...] = ()
    keras: Callable[..., KerasSchedule | None] | None = None
    momentum: Callable[..., Numbers | None] | None = None
    watch: Callable[..., Sequence[Watched]] | None = None
    warms_up: bool = True
    refuse: Callable[..., Text | None] | None = None

    @property
    def controls(self) -> tuple[ControlSpec, ...]:
        """All that can be set of it, the warm-up last."""
        return (*self.parameters, WARMUP) if self.warms_up else self.parameters


@dataclass(frozen=True)
class PlannedRates:
    """The learning rate at each step of a run that is yet to come.

    Attributes:
        rates: Float64, one a step; what the run will record unless something intervenes.
        steps_per_epoch: Steps in one epoch.
        momentum: Likewise for the momentum (SGD) or beta_1 (Adam and its like); None when it stays as it is.
        may_change: Whether the run may depart from it by itself: a plateau, a hand-over when the metric stalls.
    """

    rates: Numbers
    steps_per_epoch: int
    momentum: Numbers | None = None
    may_change: bool = False


@dataclass(frozen=True)
class RunSchedule:
    """A schedule with its parameters, over a run of known length.

    Attributes:
        schedule: Which.
        arguments: Every parameter by name, the warm-up included.
        epochs: That it spans.
    """

    schedule: Schedule
    arguments: Mapping[str, Any]
    epochs: int

    def warmup_steps(self, steps_per_epoch: int) -> int:
        """Return the steps of the warm-up, a whole number."""
        epochs: float = self.arguments.get(WARMUP.name, 0.0)
        return math.floor(epochs * steps_per_epoch + 0.5)

    def span(self, steps_per_epoch: int) -> dict[str, int]:
        """Return what every function of a schedule is told of the run: its steps in an epoch, and after the warm-up."""
        left = self.epochs * steps_per_epoch - self.warmup_steps(steps_per_epoch)
        return {"steps_per_epoch": steps_per_epoch, "total_steps": max(1, left)}

    def factors(self, steps: Numbers, steps_per_epoch: int) -> Numbers:
        """Return what multiplies the rate.

        Args:
            steps: Counted from 0 at the start of the run.
            steps_per_epoch: Steps in one epoch; 1 where that is not known, ``steps`` then being epochs.
        """
        steps = np.asarray(steps, dtype=np.float64)
        warmup = self.warmup_steps(steps_per_epoch)
        taken = self._taken_by(self.schedule.factor)
        factors = self.schedule.factor(np.maximum(steps - warmup, 0.0), **self.span(steps_per_epoch), **taken)
        return np.where(steps < warmup, steps / warmup, factors) if warmup else np.asarray(factors, np.float64)

    def momenta(self, steps: Numbers, steps_per_epoch: int) -> Numbers | None:
        """Return the momentum at some steps; None when it stays as it is. Arguments as for ``factors``."""
        momentum = self.schedule.momentum
        if momentum is None:
            return None
        return momentum(np.asarray(steps, np.float64), **self.span(steps_per_epoch), **self._taken_by(momentum))

    @property
    def moves_momentum(self) -> bool:
        """Whether the momentum moves, too."""
        return self.momenta(np.zeros(1), 1) is not None

    def watched(self, epochs: Mapping[str, Sequence[float]]) -> Sequence[Watched]:
        """Return what it makes of each epoch so far; empty for a schedule that does not watch.

        Args:
            epochs: Values by Keras's names, one an epoch since the schedule came into force.
        """
        watch = self.schedule.watch
        return () if watch is None else watch(epochs, **self._taken_by(watch))

    def keras(self, rate: float, steps_per_epoch: int) -> KerasSchedule | None:
        """Return the schedule class or callback of Keras that does the same, with its arguments; None: there is none.

        Of Keras's classes only ``CosineDecay`` warms up by itself; for others None stands for that.
        """
        found, warmup = self.keras_after_warmup(rate, steps_per_epoch), self.warmup_steps(steps_per_epoch)
        if found is None or not warmup:
            return found
        if found[0] != "CosineDecay":
            return None
        return found[0], {**found[1], "initial_learning_rate": 0.0, "warmup_target": rate, "warmup_steps": warmup}

    def keras_after_warmup(self, rate: float, steps_per_epoch: int) -> KerasSchedule | None:
        """Return Keras's schedule class or callback for what comes after the warm-up; None: there is none."""
        if self.schedule.keras is None:
            return None
        own = {name: value for name, value in self.arguments.items() if name != WARMUP.name}
        return self.schedule.keras(rate, **self.span(steps_per_epoch), **own)

    def refusal(self) -> Text | None:
        """Return why the parameters cannot go together; None when they can."""
        refuse = self.schedule.refuse
        return None if refuse is None else refuse(**self._taken_by(refuse))

    def _taken_by(self, function: Callable[..., Any]) -> dict[str, Any]:
        return {name: value for name, value in self.arguments.items() if name in names_taken_by(function)}


@cache
def names_taken_by(function: Callable[..., Any]) -> frozenset[str]:
    """Return the names of a function's arguments."""
    return frozenset(inspect.signature(function).parameters)


@cache
def all_schedules() -> dict[str, Schedule]:
    """Return every schedule by name, in the order to show them."""
    from . import schedules

    found = discover(schedules, "SCHEDULE", Schedule).values()
    return {schedule.name: schedule for schedule in sorted(found, key=lambda schedule: schedule.order)}


def run_schedule(value: str, epochs: int, known: Mapping[str, Schedule] | None = None) -> RunSchedule:
    """Return the schedule that a value of the control stands for.

    Args:
        value: In normal form, such as ``"cosine(warmup_epochs=2.0)"``.
        epochs: That it spans.
        known: All schedules by name; None for those that there are without a person's own.

    Raises:
        KeyError: If there is none of that name.
        HyperparameterError: If its parameters do not go together.
    """
    name, given = unspell(value)
    schedule = (all_schedules() if known is None else known)[name]
    arguments = {control.name: given.get(control.name, control.default) for control in schedule.controls}
    made = RunSchedule(schedule, arguments, epochs)
    why = made.refusal()
    if why is not None:
        raise HyperparameterError(_REFUSED.filled(name=name, why=why, arguments=value))
    return made
