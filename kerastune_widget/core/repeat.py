"""The same settings repeated over several seeds: the table, what it says in numbers, and the band of the curves.

Every number is of the runs themselves; nothing is resampled. What a run comes to is its value at its last epoch: the
best of its epochs would flatter it, and the more so the more epochs there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .events import RunStatus
from .improvement import monitored
from .metric_direction import best_epoch, direction, metric_order
from .spread import student
from .text import NO_TEXT, Text

GOVERNED = ("weights", "order", "dropout")
"""The sources of chance that a run's seed governs."""

SOURCES = (*GOVERNED, "split", "subset")
"""The sources of chance that can be varied: those of the seed, which rows are held out, which rows there are at all."""

Curves = Mapping[str, Sequence[float]]
"""Values of the epochs, by metric."""

_Seeded = tuple[int, float]


@dataclass(frozen=True)
class RepeatRow:
    """One run among several that differ by chance, or by their fold, only.

    Attributes:
        seed: What it drew by; of a fold, the seed that all folds have in common.
        run: Its number among the session's runs; None when it was trained on other data or by another process.
        status: How it ended: "finished", "stopped", "diverged" or "failed".
        epochs: Its values by metric, one an epoch, by Keras's names.
        seconds: Time it trained.
        reason: Why it has no numbers, in a sentence; empty when it has.
        fold: Which fold it was judged by, 0 for the first; None when there are no folds.
        start_id: Fingerprint of the weights it began with; empty when it never began.
        end_id: Fingerprint of the weights it ended with; empty when it has none.
    """

    seed: int
    run: int | None = None
    status: RunStatus = "finished"
    epochs: Curves = field(default_factory=dict)
    seconds: float = 0.0
    reason: Text = NO_TEXT
    fold: int | None = None
    start_id: str = ""
    end_id: str = ""

    def value(self, metric: str) -> float:
        """Return what it came to, at its last epoch; NaN unless it finished with a finite number."""
        values = self.epochs.get(metric, ())
        last = float(values[-1]) if self.status == "finished" and len(values) else math.nan
        return last if math.isfinite(last) else math.nan

    def best(self, metric: str) -> float:
        """Return its best value over the epochs; NaN unless it finished, or when no way is known to be better."""
        values = np.asarray(self.epochs.get(metric, ()), dtype=np.float64)
        place = best_epoch(metric, values) if self.status == "finished" else None
        return math.nan if place is None else float(values[place])


@dataclass(frozen=True)
class RepeatStatistics:
    """What repeated runs say about one metric.

    Attributes:
        metric: Which, by Keras's name.
        count: How many runs have a number.
        lost: How many have none: they diverged, failed or were stopped.
        mean: Mean over those that have one; NaN of none.
        sd: Their sample standard deviation (n - 1); None of fewer than two.
        low: Lower end of the 95% interval of the mean (Student's t); None of fewer than two.
        high: Its upper end.
        best: The best of them; None when there are none, or the name of the metric does not tell which way is better.
        worst: The worst of them; likewise.
        best_seed: Seed of the best.
        worst_seed: Seed of the worst.
        noise_floor: See ``noise_floor``; None of fewer than two.
    """

    metric: str
    count: int
    lost: int
    mean: float
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    best: float | None = None
    worst: float | None = None
    best_seed: int | None = None
    worst_seed: int | None = None
    noise_floor: float | None = None


@dataclass(frozen=True)
class Band:
    """A metric over the epochs: the mean of all runs, and one standard deviation to both sides.

    Attributes:
        mean: float64 of shape (epochs,); NaN where no run has a finite value.
        low: Mean less standard deviation (n - 1), likewise; the mean itself where there is one run only.
        high: Mean plus standard deviation, likewise.
        count: How many runs have a finite value there, int64 of shape (epochs,): fewer behind where some ended early.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    count: NDArray[np.int64]


def statistics_of(metric: str, rows: Sequence[RepeatRow], overlap: float = 0.0) -> RepeatStatistics:
    """Return what runs say about a metric.

    Args:
        metric: By Keras's name.
        rows: The runs.
        overlap: For folds, rows judged by over rows trained on (0 and above): training sets overlap, so that values
            are no independent draws. The interval then follows Nadeau and Bengio (2003), "Inference for the
            Generalization Error", Machine Learning 52, section 4 (corrected resampled t).
    """
    known = [(row.seed, value) for row in rows if math.isfinite(value := row.value(metric))]
    values = np.array([value for _, value in known], dtype=np.float64)
    mean, sd = float(values.mean()) if known else math.nan, _deviation(values)
    best, worst = _extremes(metric, known)
    found = RepeatStatistics(
        metric,
        len(known),
        len(rows) - len(known),
        mean,
        best=best and best[1],
        worst=worst and worst[1],
        best_seed=best and best[0],
        worst_seed=worst and worst[0],
    )
    if sd is None:
        return found
    reach = student(len(known) - 1) * sd * math.sqrt(1 / len(known) + overlap)
    return replace(found, sd=sd, low=mean - reach, high=mean + reach, noise_floor=noise_floor(values))


def noise_floor(values: Iterable[float]) -> float | None:
    """Return the difference below which two single runs may well differ by chance alone.

    t(0.975, k - 1) s sqrt(2), with the standard deviation s of k runs: the half-width of the 95% interval of the
    difference of two of them. With many runs it is ISO 5725-6's (1994, 4.1) repeatability limit, 2.8 s.

    Args:
        values: What repeated runs came to; those that are not finite do not count.

    Returns:
        The difference, 0 or above; None of fewer than two values.
    """
    finite = np.array([value for value in values if math.isfinite(value)], dtype=np.float64)
    sd = _deviation(finite)
    return None if sd is None else student(len(finite) - 1) * sd * math.sqrt(2)


def band(histories: Sequence[Curves], metric: str) -> Band:
    """Return mean and spread of a metric at each epoch.

    Args:
        histories: The values of each run, which may have unequal lengths.
        metric: By Keras's name; runs without it do not count.
    """
    curves = [np.asarray(history.get(metric, ()), dtype=np.float64) for history in histories]
    table = np.full((len(curves), max((len(curve) for curve in curves), default=0)), np.nan)
    for row, curve in zip(table, curves, strict=True):
        row[: len(curve)] = np.where(np.isfinite(curve), curve, np.nan)
    there = np.isfinite(table)
    count = there.sum(axis=0)
    total = np.where(there, table, 0.0).sum(axis=0)
    mean = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    squares = np.where(there, np.square(table - mean), 0.0).sum(axis=0)
    sd = np.sqrt(np.divide(squares, count - 1, out=np.zeros(len(count)), where=count > 1))
    return Band(mean, mean - sd, mean + sd, count)


def compared_metric(asked: str | None, rows: Sequence[RepeatRow]) -> str:
    """Return the metric that a table shows.

    Args:
        asked: By Keras's name; None for the first metric of the validation data, or the loss that judges.
        rows: The runs.
    """
    known = {name: None for row in rows for name in row.epochs}
    if asked is not None and (asked in known or not known):
        return asked
    named = [name for name in metric_order(list(known)) if name.startswith("val_") and not name.endswith("loss")]
    return named[0] if named else monitored(known) or "loss"


def _deviation(values: NDArray[np.float64]) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None


def _extremes(metric: str, known: Sequence[_Seeded]) -> tuple[_Seeded | None, _Seeded | None]:
    """Return the best and the worst, with their seeds; None where that is not known."""
    way = direction(metric)
    if way is None or not known:
        return None, None
    ordered = sorted(known, key=lambda one: one[1], reverse=way == "up")
    return ordered[0], ordered[-1]
