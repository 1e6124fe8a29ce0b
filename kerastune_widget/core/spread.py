"""Whether two groups of repeated runs differ by more than chance.

Source: Welch (1947), "The generalization of Student's problem when several different population variances are
involved", Biometrika 34, with Satterthwaite's degrees of freedom; against a single run, the prediction interval for
one more value of the other group (Student). Runs that share their seeds pair by pair would allow a sharper test; this
one is then on the safe side. Of many comparisons, one in twenty calls chance a difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# 97.5% quantiles of Student's t for 1 to 30 degrees of freedom
_STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
_NORMAL = 1.959964


@dataclass(frozen=True)
class Spread:
    """What repeated runs say about a difference.

    Attributes:
        first_runs: Numbers of the runs repeated with other seeds, the first run included.
        second_runs: Likewise for the second run.
        first_mean: Mean of the metric over the first group.
        second_mean: Likewise for the second group.
        first_sd: Sample standard deviation over the first group; None of a single run.
        second_sd: Likewise for the second group.
        low: Lower end of the 95% interval of second mean less first mean; None when neither group has two runs.
        high: Its upper end.
    """

    first_runs: tuple[int, ...]
    second_runs: tuple[int, ...]
    first_mean: float
    second_mean: float
    first_sd: float | None = None
    second_sd: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def exceeds(self) -> bool | None:
        """Whether the groups differ by more than chance; None when it cannot be told."""
        return None if self.low is None or self.high is None else not self.low <= 0.0 <= self.high


def measure_spread(first: Sequence[tuple[int, float]], second: Sequence[tuple[int, float]]) -> Spread:
    """Return what the values of two groups of runs, at least one each, say about their difference.

    Args:
        first: Number and metric of each run.
        second: Likewise.
    """
    numbers = [tuple(number for number, _ in group) for group in (first, second)]
    values = [np.array([value for _, value in group], dtype=np.float64) for group in (first, second)]
    means = [float(group.mean()) for group in values]
    deviations = [float(group.std(ddof=1)) if len(group) > 1 else None for group in values]
    reach = _reach([len(group) for group in values], deviations)
    middle = means[1] - means[0]
    ends = (None, None) if reach is None or not math.isfinite(reach) else (middle - reach, middle + reach)
    return Spread(numbers[0], numbers[1], means[0], means[1], deviations[0], deviations[1], *ends)


def student(freedom: float) -> float:
    """Return the 97.5% quantile of Student's t, of the whole degrees of freedom below: it errs to the wide side."""
    whole = max(1, int(freedom + 1e-9))
    if whole <= len(_STUDENT):
        return _STUDENT[whole - 1]
    z = _NORMAL  # from here on Abramowitz and Stegun's 26.7.5
    return z + (z**3 + z) / (4 * whole) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * whole**2)


def _reach(counts: Sequence[int], deviations: Sequence[float | None]) -> float | None:
    """Return half of the width of the 95% interval of the difference of the means."""
    known = [(count, deviation) for count, deviation in zip(counts, deviations, strict=True) if deviation is not None]
    if not known:
        return None
    if len(known) == 1:  # the spread of the single run is taken to be that of the others
        ((count, deviation),) = known
        return student(count - 1) * deviation * math.sqrt(1 + 1 / count)
    parts = [deviation**2 / count for count, deviation in known]
    total = sum(parts)
    if not total:
        return 0.0
    freedom = total**2 / sum(part**2 / (count - 1) for part, (count, _) in zip(parts, known, strict=True))
    return student(freedom) * math.sqrt(total)
