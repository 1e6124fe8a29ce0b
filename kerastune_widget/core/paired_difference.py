"""Whether a change made a difference in pairs of runs that share start, seed and batches.

Source: Student (1908), "The probable error of a mean", Biometrika 6: the 95% interval of the mean of paired
differences, with one degree of freedom less than there are pairs. Losses that are above zero are compared by their
ratio, that is by the differences of their logarithms (Bland and Altman, 1996, "Transforming data", BMJ 312): seeds
scatter a loss in proportion to its size. The interval speaks of other seeds, not of other rows.

A run without a number at its end (it diverged) is worse than any run with one; no interval can be given then, and the
change is called a help, or a harm, only when that happened on one side alone and in more than half of the pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .metric_direction import direction
from .plots._words import is_share
from .spread import student
from .text import Text

Effect = Literal["better", "worse", "unclear"]
Scale = Literal["ratio", "points", "difference"]

LEAST: dict[Scale, float] = {"ratio": 0.02, "points": 0.005, "difference": 0.01}
"""The least mean difference worth speaking of: 2% of a loss, half a percentage point, or 1% of the value."""

_RATIO = (Text(en="{amount:.0%} lower", zh="降低 {amount:.0%}"), Text(en="{amount:.0%} higher", zh="升高 {amount:.0%}"))
_NEARLY_ALL = Text(en="over 99% lower", zh="降低 99% 以上")
_TIMES = Text(en="{times:.3g} times as high", zh="升至 {times:.3g} 倍")
_POINTS = (
    Text(en="{amount:.1f} points lower", zh="降低 {amount:.1f} 个百分点"),
    Text(en="{amount:.1f} points higher", zh="提高 {amount:.1f} 个百分点"),
)
_PLAIN = (Text(en="{amount:.3g} lower", zh="降低 {amount:.3g}"), Text(en="{amount:.3g} higher", zh="升高 {amount:.3g}"))
_EQUAL = Text(en="the same", zh="相同")
_HARDLY = Text(en="less than 1% different", zh="相差不到 1%")
_BETWEEN = Text(en="{low} to {high}", zh="{low}至{high}")
_POINTS_BETWEEN = (
    Text(en="{low:.1f} to {high:.1f} points lower", zh="降低 {low:.1f} 至 {high:.1f} 个百分点"),
    Text(en="{low:.1f} to {high:.1f} points higher", zh="提高 {low:.1f} 至 {high:.1f} 个百分点"),
)
_RATIO_BETWEEN = (
    Text(en="{low:.0%} to {high:.0%} lower", zh="降低 {low:.0%} 至 {high:.0%}"),
    Text(en="{low:.0%} to {high:.0%} higher", zh="升高 {low:.0%} 至 {high:.0%}"),
)


@dataclass(frozen=True)
class PairedDifference:
    """One metric over all pairs.

    Attributes:
        metric: Which.
        before: Its value in each pair without the change; NaN or infinite where a run has none.
        after: Its value in each pair with the change, in the same order.
    """

    metric: str
    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def finite(self) -> bool:
        """Whether every run has a number."""
        return bool(np.isfinite([*self.before, *self.after]).all())

    @property
    def scale(self) -> Scale:
        """How it is compared: shares by points, losses above zero by ratio, the rest by difference."""
        if is_share(self.metric):
            return "points"
        positive = self.finite and min(*self.before, *self.after) > 0
        return "ratio" if positive and direction(self.metric) != "up" else "difference"

    @property
    def mean(self) -> float:
        """Mean difference, after less before; of the natural logarithms for a ratio. NaN when a run has no number."""
        return float(self._differences.mean()) if self.finite else math.nan

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the mean; None for fewer than two pairs or when a run has no number."""
        count = len(self.before)
        if count < 2 or not self.finite:
            return None
        reach = student(count - 1) * float(self._differences.std(ddof=1)) / math.sqrt(count)
        return self.mean - reach, self.mean + reach

    @property
    def wins(self) -> int:
        """Pairs in which the run with the change is the better one."""
        return sum(self._better(first, second) for first, second in zip(self.before, self.after, strict=True))

    @property
    def losses(self) -> int:
        """Pairs in which the run with the change is the worse one."""
        return sum(self._better(second, first) for first, second in zip(self.before, self.after, strict=True))

    @property
    def lost(self) -> tuple[int, int]:
        """How many runs have no number: without the change, and with it."""
        without, with_ = (sum(not math.isfinite(value) for value in values) for values in (self.before, self.after))
        return without, with_

    @property
    def effect(self) -> Effect:
        """What the change did, as far as these pairs can tell."""
        if not self.finite:
            return self._effect_by_count()
        ends = self.interval
        if ends is None or ends[0] <= 0.0 <= ends[1] or self.is_small(self.mean):
            return "unclear"
        return "better" if (self.mean > 0) == (direction(self.metric) == "up") else "worse"

    def is_small(self, difference: float) -> bool:
        """Whether a difference on this scale is too small to speak of."""
        least = LEAST[self.scale]
        if self.scale == "difference":
            least *= float(np.abs(self.before).mean())
        return abs(difference) < least

    def amount(self, difference: float) -> Text:
        """Return a difference on this scale in words, such as "30% lower"."""
        higher = int(difference > 0)
        if not difference:
            return _EQUAL
        if self.scale == "points":
            return _POINTS[higher].filled(amount=100 * abs(difference))
        if self.scale == "difference":
            return _PLAIN[higher].filled(amount=abs(difference))
        if difference > math.log(2):
            return _TIMES.filled(times=math.exp(min(difference, 700.0)))
        amount = abs(math.expm1(difference))
        if amount < 0.005:
            return _HARDLY
        return _NEARLY_ALL if not higher and amount > 0.99 else _RATIO[higher].filled(amount=amount)

    def between(self, low: float, high: float) -> Text:
        """Return a range of differences in words, such as "30% to 40% lower"."""
        if self.amount(low) == self.amount(high):
            return self.amount(low)
        near, far = sorted((low, high), key=abs)
        higher = int(low > 0)
        if low * high > 0 and self.scale == "points":
            return _POINTS_BETWEEN[higher].filled(low=100 * abs(near), high=100 * abs(far))
        few, many = abs(math.expm1(min(near, 1.0))), abs(math.expm1(min(far, 1.0)))
        if low * high > 0 and self.scale == "ratio" and few >= 0.005 and many <= 0.99:
            return _RATIO_BETWEEN[higher].filled(low=few, high=many)
        return _BETWEEN.filled(low=self.amount(low), high=self.amount(high))

    @property
    def _differences(self) -> NDArray[np.float64]:
        first, second = np.asarray(self.before, dtype=np.float64), np.asarray(self.after, dtype=np.float64)
        return np.log(second) - np.log(first) if self.scale == "ratio" else second - first

    def _effect_by_count(self) -> Effect:
        without, with_ = self.lost
        half = len(self.before) / 2
        if not with_ and without > half:
            return "better"
        return "worse" if not without and with_ > half else "unclear"

    def _better(self, first: float, second: float) -> bool:
        """Whether the second value is better than the first."""
        if not math.isfinite(first) or not math.isfinite(second):
            return math.isfinite(second) and not math.isfinite(first)
        return second > first if direction(self.metric) == "up" else second < first


def paired(metric: str, pairs: Sequence[tuple[float, float]]) -> PairedDifference:
    """Return what ``pairs`` of (before, after) say of a metric."""
    return PairedDifference(metric, tuple(before for before, _ in pairs), tuple(after for _, after in pairs))
