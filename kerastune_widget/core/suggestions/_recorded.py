"""What fastai's learning-rate finder hands to its methods (fastai 2, ``Learner.lr_find`` and ``LRFinder``).

Losses are an exponential average, corrected for its start, with a memory of 0.98; the test ends when that is above
four times its least value. The first tenth of the steps and the last five are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..range_smoothing import Numbers
from ..range_test import RangeCurve, Suggestion
from ..suggestion import OfCurve, combined
from ..text import Text

MEMORY = 0.98
_EXPLODED = 4.0
_LAST = 5
_FEWEST = 4


def averaged(losses: Numbers) -> Numbers:
    """Return the exponential average of the losses up to each step, corrected for its start; same length."""
    found, total = np.empty(len(losses)), 0.0
    for step, loss in enumerate(losses):
        total = MEMORY * total + (1 - MEMORY) * loss
        found[step] = total / (1 - MEMORY ** (step + 1))
    return found


def recorded(curve: RangeCurve) -> tuple[Numbers, Numbers]:
    """Return rates and averaged losses as the methods get them; both empty when there are too few."""
    losses = curve.losses[np.cumprod(np.isfinite(curve.losses)).astype(bool)]
    means = averaged(losses)
    exploded = np.flatnonzero(means > _EXPLODED * np.minimum.accumulate(means))
    end = int(exploded[0]) + 1 if len(exploded) and (means > 0).all() else len(means)
    kept = slice(len(curve.losses) // 10, max(0, end - _LAST))
    rates, means = curve.rates[: len(losses)][kept], means[kept]
    return (rates, means) if len(means) >= _FEWEST else (rates[:0], means[:0])


def from_each(name: str, title: Text, why: Text, of_curve: OfCurve) -> Callable[[Sequence[RangeCurve]], Suggestion]:
    """Return a method that looks at each repeat by itself, as fastai's do."""

    def suggest(curves: Sequence[RangeCurve]) -> Suggestion:
        pairs = [recorded(curve) for curve in curves]
        rates = [of_curve(*pair) if len(pair[0]) else None for pair in pairs]
        return combined(name, title, why, NO_ANSWER, rates)

    return suggest


NO_ANSWER = Text(
    en="It has no answer: too few points came before the loss exploded, or the loss never fell.",
    zh="没有结论：损失爆炸之前的点太少，或者损失从未下降。",
)
