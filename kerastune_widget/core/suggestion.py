"""What a method is that reads a learning rate off the curves of a range test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from .discover import discover
from .range_smoothing import Numbers
from .range_test import RangeCurve, Suggestion
from .text import Text

OfCurve = Callable[[Numbers, Numbers], float | None]
"""From rates and smoothed losses, float64 of equal length, to a rate; None when there is no answer."""


@dataclass(frozen=True)
class SuggestionMethod:
    """One way to read a learning rate off the curves.

    Attributes:
        name: As code calls it.
        title: As a person reads it.
        order: Place among the methods, least first; that of the one to take is 0.
        suggest: From the repeats of one optimizer and batch size to what it suggests.
    """

    name: str
    title: Text
    order: int
    suggest: Callable[[Sequence[RangeCurve]], Suggestion]


@cache
def all_methods() -> dict[str, SuggestionMethod]:
    """Return every method by name, in the order to show them."""
    from . import suggestions

    found = discover(suggestions, "METHOD", SuggestionMethod).values()
    return {method.name: method for method in sorted(found, key=lambda method: method.order)}


def combined(name: str, title: Text, why: Text, no_answer: Text, rates: Sequence[float | None]) -> Suggestion:
    """Return a suggestion made of those of the repeats: their geometric mean, for rates differ by factors.

    Args:
        name: Of the method.
        title: Of the method.
        why: What the method looks at; ``{rate}`` stands for the rate.
        no_answer: What to say when less than half of the repeats have one.
        rates: That of each repeat; None where there was no answer.
    """
    answers = np.array([rate for rate in rates if rate is not None])
    if 2 * len(answers) <= len(rates):
        return Suggestion(name, title, no_answer)
    rate = float(np.exp(np.log(answers).mean()))
    return Suggestion(name, title, why.filled(rate=f"{rate:.2g}"), rate, float(answers.min()), float(answers.max()))
