"""The schedules that one session offers: those of every session first, then a person's own functions."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

import keras
import numpy as np

from ..core.schedule import Numbers, Schedule, all_schedules
from ..core.text import Text
from ..errors import HyperparameterError
from .config_fingerprint import config_fingerprint

Kind = Literal["epoch", "step", "keras"]

_SAMPLED = 64  # rates that tell one function from another, and whether it can be a schedule
_FARTHEST = (100, 1_000, 10_000)  # where else a long warm-up that begins at 0 may have its peak
_ALIKE = 1_000  # rates that two must have in common to be one
_FAR = tuple(np.geomspace(_ALIKE, 1e6, 500).astype(int).tolist())  # and some of those that come later
_HELP: dict[Kind, Text] = {
    "epoch": Text(en="Your own function of the epoch.", zh="你自己的函数：由轮次给出学习率。"),
    "step": Text(en="Your own function of the step.", zh="你自己的函数：由步数给出学习率。"),
    "keras": Text(en="Your own schedule of Keras.", zh="你自己的 Keras 学习率计划。"),
}
_NO_RATE = Text(
    en="schedule={name!r} must return a learning rate, a finite number of 0 or more; for {kind} {position} it {what}.",
    zh="学习率计划 {name!r} 必须返回学习率，即不小于 0 的有限数；在{kind} {position} 处它{what}。",
)
_EPOCH, _STEP = Text(en="epoch", zh="轮次"), Text(en="step", zh="步数")
_RETURNED = Text(en="returned {value!r}", zh="返回了 {value!r}")
_RAISED = Text(en="raised {error}", zh="抛出了 {error}")
_ALWAYS_ZERO = Text(
    en="schedule={name!r} must return a learning rate above 0 somewhere; it returned 0 wherever it was asked.",
    zh="学习率计划 {name!r} 必须在某处返回大于 0 的学习率；它处处返回 0。",
)


class OwnRates:
    """The rates of a person's own function, each asked for once, in order.

    Args:
        function: Of the epoch, as ``keras.callbacks.LearningRateScheduler`` takes, with the rate before as a second
            argument if it wants that; or of the step, if its first argument is called so; or a schedule of Keras.
        learning_rate: What a function that wants the rate before is given first.

    Attributes:
        kind: What it is a function of; "keras" is one of the step, too.
        takes_rate: Whether it wants the rate before as a second argument.
        first: What it is then given first.
        returns_floats: Whether all that it returned was what Keras takes for a float.
        name: Its name as it stands in code.
    """

    def __init__(self, function: Any, learning_rate: float) -> None:
        self.function, self.first = function, learning_rate
        self.returns_floats = True
        self._rates: list[float] = []
        self._lock = Lock()
        self.kind, self.takes_rate = _kind_of(function)
        name = getattr(function, "__name__", type(function).__name__)
        self.name = name if name.isidentifier() else "own"

    def until(self, count: int) -> Numbers:
        """Return the first rates, float64.

        Raises:
            HyperparameterError: If one of them is no rate.
        """
        with self._lock:
            if self.kind == "keras":
                self._ask_keras(count)
            while len(self._rates) < count:
                self._rates.append(self._asked(len(self._rates)))
            return np.array(self._rates[:count], dtype=np.float64)

    def one(self, position: int) -> float:
        """Return the rate at a step of a function that does not depend on those before."""
        return self._asked(position)

    def _ask_keras(self, count: int) -> None:
        """Ask for many steps at once, if the schedule can do so and says the same as for one."""
        steps = np.arange(len(self._rates), count, dtype=np.float32)
        if len(steps) < _SAMPLED // 4:
            return
        try:
            rates = np.asarray(keras.ops.convert_to_numpy(self.function(steps)), dtype=np.float64)
        except Exception:  # whatever a class of the user's own raises; one by one will do
            return
        places = (0, len(steps) // 2, len(steps) - 1)
        if rates.shape == steps.shape and all(np.isclose(rates[at], self._asked(int(steps[at]))) for at in places):
            self._rates += [self._rate(int(step), float(rate)) for step, rate in zip(steps, rates, strict=True)]

    def _asked(self, position: int) -> float:
        try:
            if self.takes_rate:
                before = self._rates[-1] if self._rates else self.first
                value = self.function(position, float(np.float32(before)))
            else:
                value = self.function(position)
        except Exception as error:  # whatever a function of the user's own raises
            raise self._refusal(position, _RAISED.filled(error=f"{type(error).__name__}: {error}")) from error
        return self._rate(position, value)

    def _rate(self, position: int, value: Any) -> float:
        try:
            rate = float(value if isinstance(value, int | float) else keras.ops.convert_to_numpy(value))
        except (TypeError, ValueError):
            rate = np.nan
        if isinstance(value, bool) or not np.isfinite(rate) or rate < 0:
            raise self._refusal(position, _RETURNED.filled(value=value))
        self.returns_floats = self.returns_floats and isinstance(value, float | np.float32)
        return rate

    def _refusal(self, position: int, what: Text) -> HyperparameterError:
        kind = _EPOCH if self.kind == "epoch" else _STEP
        return HyperparameterError(_NO_RATE.filled(name=self.name, kind=kind, position=position, what=what))

    def sampled(self, count: int = _SAMPLED) -> Numbers:
        """Return the first rates, up to the first one, if any, that the function does not have."""
        with suppress(HyperparameterError):
            self.until(count)
        return self.until(max(1, min(len(self._rates), count)))

    def is_like(self, other: OwnRates) -> bool:
        """Whether another one is the same schedule: equal code, or settings, and equal rates."""
        same = (self.kind, _written(self.function)) == (other.kind, _written(other.function))
        return same and np.array_equal(self.sampled(_ALIKE), other.sampled(_ALIKE)) and self._far() == other._far()

    def _far(self) -> list[float | None]:
        """Return some rates much later, as far as they do not depend on those before; None where there is none."""
        found: list[float | None] = []
        for position in () if self.takes_rate or self.kind == "keras" else _FAR:
            found.append(None)
            with suppress(HyperparameterError):
                found[-1] = self.one(position)
        return found

    def base_rate(self) -> float:
        """Return the first rate; the peak of one that begins with 0.

        Raises:
            HyperparameterError: If it is no rate, or 0 wherever it was asked.
        """
        rates = self.sampled()
        base = float(rates[0] or rates.max())
        if not base and self.kind != "epoch":
            base = max(self.one(step) for step in _FARTHEST)
        if not base:
            raise HyperparameterError(_ALWAYS_ZERO.filled(name=self.name))
        return _shown(base)


@dataclass(frozen=True)
class OwnSchedule:
    """A person's own function on the shelf.

    Attributes:
        rates: Asks it.
        base_rate: What the learning rate is set to with it: the first rate, or the peak.
    """

    rates: OwnRates
    base_rate: float

    def factor(self, step: Numbers, *, steps_per_epoch: int, total_steps: int) -> Numbers:
        """Return its rates as shares of the base rate; those of an epoch function hold for the epoch."""
        every = steps_per_epoch if self.rates.kind == "epoch" else 1
        places = np.floor(step / every).astype(np.int64)
        found: Numbers = self.rates.until(int(places.max()) + 1)[places]
        return found / self.base_rate


class ScheduleShelf:
    """What the control offers.

    Attributes:
        known: All schedules by name, a person's own last.
        own: A person's own by name.
    """

    def __init__(self) -> None:
        self.known: dict[str, Schedule] = dict(all_schedules())
        self.own: dict[str, OwnSchedule] = {}

    def add(self, function: Callable[..., Any], learning_rate: float, epochs: int = 1) -> tuple[str, float]:
        """Take in a person's own function; return the name it goes by from now on, and its base rate.

        Args:
            function: As for ``OwnRates``.
            learning_rate: What a function that wants the rate before is given first.
            epochs: Of the run that it is meant for.

        Raises:
            HyperparameterError: If it does not return learning rates.
        """
        rates = OwnRates(function, learning_rate)
        made = OwnSchedule(rates, rates.base_rate())
        if rates.kind == "epoch":
            rates.until(epochs)
        name = self._name_of(rates)
        if name not in self.own:
            title = Text.same(rates.name)
            self.own[name] = made
            self.known[name] = Schedule(name, title, made.factor, _HELP[rates.kind], order=1000, warms_up=False)
        return name, self.own[name].base_rate

    def _name_of(self, rates: OwnRates) -> str:
        """Return the name of an equal one; a new name for one that only begins as another does."""
        name = f"{rates.name}_{config_fingerprint(rates.kind, rates.sampled().astype(np.float32).tolist())}"
        names = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
        return next(one for one in names if one not in self.own or self.own[one].rates.is_like(rates))


def _written(function: Any) -> Any:
    """Return what tells two functions apart that return the same at first; None where nothing does."""
    if isinstance(function, keras.optimizers.schedules.LearningRateSchedule):
        with suppress(NotImplementedError):  # a class of the user's own need not tell its settings
            return config_fingerprint(function)
        return None
    code = getattr(function, "__code__", None)
    return None if code is None else (code.co_code, code.co_consts, code.co_names)


def _kind_of(function: Any) -> tuple[Kind, bool]:
    """Return what a function is one of, and whether it wants the rate before as well."""
    if isinstance(function, keras.optimizers.schedules.LearningRateSchedule):
        return "keras", False
    parameters = _positional(function)
    if parameters and parameters[0].name == "step":
        return "step", False
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    return "epoch", len(required) > 1 or [parameter.name for parameter in parameters[1:2]] == ["lr"]


def _positional(function: Any) -> list[inspect.Parameter]:
    try:
        parameters: Mapping[str, inspect.Parameter] = inspect.signature(function).parameters
    except (TypeError, ValueError):  # a function written in C does not tell
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter for parameter in parameters.values() if parameter.kind in kinds]


def _shown(rate: float) -> float:
    """Return a rate as the user wrote it: 0.001, not 0.0010000000474974513."""
    short = float(str(np.float32(rate)))
    return short if np.float32(short) == np.float32(rate) and abs(short - rate) < 1e-7 * rate else rate
