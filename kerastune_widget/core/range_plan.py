"""What a range test of the learning rate is to do: which rates, how many steps, how many repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np

from ..errors import HyperparameterError
from .control import readable
from .range_smoothing import Numbers
from .text import Text

Spacing = Literal["exponential", "linear"]
SPACINGS: tuple[Spacing, ...] = ("exponential", "linear")

FEWEST_STEPS = 10
"""Steps in one curve, at least: below that no valley can be told from noise."""

USUAL_STEPS = 150
"""Steps in one curve where neither data nor time ask for fewer."""

MOST_EPOCHS = 22.5
"""Passes over the data, at most, in all repeats together: a tenth of a grid of 25 rates, 10 epochs each, is 25."""

MOST_REPEATS = 20

LEAST, GREATEST = 1e-12, 1e6
"""Rates that can be tried: those that the learning rate can be set to."""

_BAD_RATES = Text(
    en="The rates of a range test must rise from low to high, both from {least} to {greatest}; received low={low!r}, "
    "high={high!r}.",
    zh="范围测试的学习率必须从 low 升到 high，两者都在 {least} 到 {greatest} 之间；"
    "收到的是 low={low!r}、high={high!r}。",
)
_BAD_WHOLE = Text(
    en="{name} must be a whole number from {low} to {high}; received {value!r}.",
    zh="{name} 必须是 {low} 到 {high} 之间的整数；收到的是 {value!r}。",
)
_BAD_SECONDS = Text(
    en="seconds must be a number above 0; received {value!r}.", zh="seconds 必须是大于 0 的数；收到的是 {value!r}。"
)
_BAD_SPACING = Text(
    en="spacing must be one of {accepted}; received {value!r}.",
    zh="spacing 必须是 {accepted} 之一；收到的是 {value!r}。",
)


@dataclass(frozen=True)
class RangePlan:
    """One range test, as asked for.

    Attributes:
        low: The rate of the first step, 1e-12 or more.
        high: The rate of the last one, above ``low``, 1e6 at most.
        spacing: "exponential": from step to step the rate grows by the same factor; "linear": by the same amount.
        steps: Steps in each curve; None: as many as data and time allow, at most 150.
        seconds: Most time for all curves together, where ``steps`` is None.
        repeats: Curves for each optimizer and batch size, each over batches of its own.

    Raises:
        HyperparameterError: If one of them is out of range.
    """

    low: float = 1e-6
    high: float = 10.0
    spacing: Spacing = "exponential"
    steps: int | None = None
    seconds: float = 30.0
    repeats: int = 3

    def __post_init__(self) -> None:
        if not (_is_number(self.low) and _is_number(self.high) and LEAST <= self.low < self.high <= GREATEST):
            limits = {"least": readable(LEAST), "greatest": readable(GREATEST)}
            raise HyperparameterError(_BAD_RATES.filled(low=self.low, high=self.high, **limits))
        if not (_is_number(self.seconds) and self.seconds > 0):
            raise HyperparameterError(_BAD_SECONDS.filled(value=self.seconds))
        if self.spacing not in SPACINGS:
            raise HyperparameterError(_BAD_SPACING.filled(accepted=list(SPACINGS), value=self.spacing))
        _check_whole("repeats", self.repeats, 1, MOST_REPEATS)
        if self.steps is not None:
            _check_whole("steps", self.steps, FEWEST_STEPS, 100_000)

    def rates(self, steps: int) -> Numbers:
        """Return the rate of each of so many steps, ascending, float64 of shape (steps,)."""
        space = np.geomspace if self.spacing == "exponential" else np.linspace
        return space(float(self.low), float(self.high), steps)

    def steps_of(self, steps_per_epoch: int | None, seconds_per_step: float | None, curves: int) -> int:
        """Return how many steps one curve has.

        Args:
            steps_per_epoch: Steps in one pass over the data; None when that is not known.
            seconds_per_step: Time that one takes; None when that is not known.
            curves: How many curves there are to be in the whole test.
        """
        if self.steps is not None:
            return self.steps
        most = float(USUAL_STEPS)
        if steps_per_epoch is not None:
            most = min(most, MOST_EPOCHS * steps_per_epoch / self.repeats)
        if seconds_per_step:
            most = min(most, self.seconds / (seconds_per_step * curves))
        return max(FEWEST_STEPS, int(most + 1e-9))


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _check_whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        raise HyperparameterError(_BAD_WHOLE.filled(name=name, low=low, high=high, value=value))
