"""Repeat, alternate, summarise."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Variant = Callable[[], object]


def seconds(action: Variant) -> float:
    """Return how long ``action`` takes."""
    clock = time.perf_counter()
    action()
    return time.perf_counter() - clock


def alternate(variants: Mapping[str, Variant], repetitions: int) -> dict[str, list[float]]:
    """Time every variant ``repetitions`` times, taking turns and changing who goes first."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    order = list(variants)
    for _ in range(repetitions):
        for name in order:
            times[name].append(seconds(variants[name]))
        order = [*order[1:], order[0]]
    return times


def medians(times: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the median of each."""
    return {name: statistics.median(values) for name, values in times.items()}


def geometric_mean(values: Sequence[float]) -> float:
    """Return the geometric mean: the right mean for ratios."""
    return math.exp(statistics.fmean(math.log(value) for value in values))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of all values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
