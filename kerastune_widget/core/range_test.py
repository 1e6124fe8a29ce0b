"""The learning-rate range test (Smith, 2017, arXiv:1506.01186, 3.3): its numbers, and what they suggest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .range_smoothing import Numbers as Numbers
from .range_smoothing import smoothed
from .text import NO_TEXT, Text

CurveStatus = Literal["running", "finished", "diverged", "stopped"]


def _no_numbers() -> Numbers:
    return np.empty(0)


@dataclass(frozen=True)
class RangeCurve:
    """One pass: the rate rises from step to step while the model trains.

    Attributes:
        optimizer: As the control calls it.
        batch_size: Rows a step.
        seed: Draws the batches (and the weights, where the start is new).
        rates: The rate of each step taken, ascending, float64.
        losses: The batch loss of each step, same length, float64; may end with one that is not finite.
        batches: Batches in one pass over the data, which come in the same order in each; 0 when that is not known.
        status: "finished" took all its steps, "diverged" ended early because the loss exploded.
    """

    optimizer: str
    batch_size: int
    seed: int
    rates: Numbers = field(default_factory=_no_numbers)
    losses: Numbers = field(default_factory=_no_numbers)
    status: CurveStatus = "running"
    batches: int = 0

    @property
    def smoothed(self) -> Numbers:
        """The losses averaged with their neighbours, same length; what the recommended rate is read off, by repeat."""
        return smoothed(self.rates, self.losses)


@dataclass(frozen=True)
class Suggestion:
    """A learning rate that one method suggests.

    Attributes:
        method: Name of the method, such as "valley".
        title: As a person reads it.
        why: One or two sentences: what the method looks at, and what it saw here.
        rate: The rate (geometric mean over the repeats); None when the method has no answer.
        low: The least rate over the repeats; None without an answer.
        high: The greatest.
    """

    method: str
    title: Text
    why: Text
    rate: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class RangeResult:
    """What the range tests of one optimizer and batch size came to.

    Attributes:
        optimizer: As the control calls it.
        batch_size: Rows a step.
        curves: The repeats.
        suggestions: One of each method, in the order to show them; the one to take is the first.
        verdict: What to do, in a sentence or two; "no clear valley" is an answer.
        schedule_range: Least and greatest rate for a schedule that moves between the two (cyclic, one-cycle);
            None when there is no answer.
    """

    optimizer: str
    batch_size: int
    curves: tuple[RangeCurve, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    verdict: Text = NO_TEXT
    schedule_range: tuple[float, float] | None = None

    @property
    def rate(self) -> float | None:
        """The learning rate to take; None when the curve has no clear valley."""
        return self.suggestions[0].rate if self.suggestions else None
