"""The valley of a range test: the repeats as one curve, where it begins to fall, where it is least."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .range_levels import beginning, evened, level_at_first, scatter
from .range_smoothing import Numbers, noise_left, smoothed
from .range_test import RangeCurve

_CLEAR = 4.0
"""Standard deviations that a line must fall by, at least, to be more than chance: noise alone does so in one of 20."""

_WIDE = 0.4
"""Width of the smoothing that tells whether there is a valley at all, in factors of ten: valleys are wider still."""

_LEAST = 0.01  # of the first level: less is of no use, chance or not


@dataclass(frozen=True)
class JointCurve:
    """The repeats of one optimizer and batch size as one curve.

    Attributes:
        rates: Those of the longest repeat, ascending.
        losses: At each, the mean of the repeats; one that ended before counts as high as the loss may count.
        line: The same, smoothed.
        first: The level before training had any effect.
        noise: Standard deviation of the smoothed line, as far as the batches scatter.
        certainty: How far the losses fall when smoothed more widely, in standard deviations of that line.
        explosion: The rate at which the loss explodes, mean (of its logarithm) over the repeats in which it does;
            infinite where it does so in less than half of them.
    """

    rates: Numbers
    losses: Numbers
    line: Numbers
    first: float
    noise: float
    certainty: float
    explosion: float

    @property
    def exploded(self) -> bool:
        """Whether the loss exploded in at least half of the repeats."""
        return math.isfinite(self.explosion)

    @property
    def lowest(self) -> int:
        """The step at which ``line`` is least."""
        return int(self.line.argmin())

    @property
    def drop(self) -> float:
        """How far the line falls."""
        return self.first - float(self.line[self.lowest])

    @property
    def is_clear(self) -> bool:
        """Whether the line falls by more than chance, and from where it began, not before it explodes at once."""
        late = self.lowest >= beginning(len(self.line))
        return late and self.certainty > _CLEAR and self.drop > _LEAST * abs(self.first)

    @property
    def still_falling(self) -> bool:
        """Whether nothing tells that a greater rate would do worse: the line is least where it ends."""
        last = self.line[-1] - self.line[self.lowest]
        return not self.exploded and bool(last <= 2 * self.noise) and self.lowest >= 0.9 * (len(self.line) - 1)

    def falls_by(self, share: float) -> float:
        """Return the rate at which the line has fallen by a share of its drop."""
        below = self.line[: self.lowest + 1] <= self.first - share * self.drop
        return float(self.rates[int(np.argmax(below))])


def joint(curves: Sequence[RangeCurve]) -> JointCurve:
    """Return the repeats as one curve; losses above twice the first level less the least count as that much."""
    rates = max((curve.rates for curve in curves), key=len)
    table = np.full((len(curves), len(rates)), np.inf)
    for row, curve in zip(table, curves, strict=True):
        losses = evened(curve.losses, curve.batches)
        row[: len(losses)] = np.where(np.isfinite(losses), losses, np.inf)
    firsts = np.array([level_at_first(row[np.isfinite(row)]) for row in table])
    first = float(firsts.mean())
    least = float(np.min(table))
    table = np.minimum(table - firsts[:, None] + first, first + max(first - least, abs(first) * 1e-6))
    losses = table.mean(axis=0)
    drop = first - float(smoothed(rates, losses, _WIDE).min())
    noise, certainty = scatter(losses) * noise_left(rates), math.inf
    if noise > 0:
        certainty = drop / (scatter(losses) * noise_left(rates, _WIDE))
    return JointCurve(rates, losses, smoothed(rates, losses), first, noise, certainty, _explosion(curves))


def _explosion(curves: Sequence[RangeCurve]) -> float:
    lasts = [np.log(curve.rates[-1]) for curve in curves if curve.status == "diverged"]
    return float(np.exp(np.mean(lasts))) if 2 * len(lasts) >= len(curves) else math.inf
