"""Curves as the rules read them: gaps closed, noise measured, trends judged against that noise.

Nothing here divides by a loss, so that negative losses read as well as positive ones; all of it is O(n).
"""

from __future__ import annotations

import math
import re
import statistics
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .history import History

Numbers = NDArray[np.float64]

FEWEST_EPOCHS = 4  # two against two is the least that tells a trend from chance
HUGE = 1e100  # beyond it sums overflow, and nobody can tell the difference
TINY_LOSS = 1e-3  # a mean squared error that leaves nothing to learn on targets of about unit size
TINY_CROSS_ENTROPY = 0.02  # -ln(0.98): the right class gets 98% on average
SPARSE = 0.6  # share of epochs that were validated, below which straight lines between them would pass for calm

_ACCURACY = re.compile(r"(?:^|_)acc(?:uracy)?(?:_\d+)?$")  # Keras numbers metrics that are named twice
_NOT_PLAIN = re.compile(r"top_?k|top_?\d|balanced")


@dataclass(frozen=True)
class Curves:
    """The two losses of one run, one value an epoch, without gaps.

    Attributes:
        train: Training loss; ends before the first epoch from which it stays non-finite.
        valid: Validation loss of the same epochs; empty when there is none.
        initial: Loss of the first rows, before anything was learnt; NaN when steps were not recorded.
        start: The highest of ``initial``, the first epoch and chance: what has been learnt counts from here.
        at: Epoch of each value, counted from 0; with gaps where most epochs were not validated.
    """

    train: Numbers
    valid: Numbers
    initial: float
    start: float
    at: NDArray[np.intp]

    @property
    def count(self) -> int:
        """Epochs that can be read."""
        return len(self.train)

    @property
    def validated(self) -> bool:
        """Whether there is a validation loss to read."""
        return len(self.valid) > 0

    @property
    def judged(self) -> Numbers:
        """The curve that says how good the model is: validation loss, else training loss."""
        return self.valid if self.validated else self.train

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the losses there are."""
        return ("loss", "val_loss") if self.validated else ("loss",)

    def span(self, first: int, last: int = -1) -> tuple[int, int]:
        """Return the epochs of two of the values, given by their places."""
        return int(self.at[first]), int(self.at[last])


@dataclass(frozen=True)
class Trend:
    """How far a stretch of a curve moved, and how sure that is.

    Attributes:
        change: Mean of its later half less mean of its earlier half; negative when it fell.
        error: Standard error of ``change`` from the curve's noise.
        epochs: Distance between the middles of the two halves.
    """

    change: float
    error: float
    epochs: float

    def falls(self, least: float = 0.0, errors: float = 3.0) -> bool:
        """Return whether it fell by more than ``least`` and more than ``errors`` standard errors."""
        return -self.change > max(least, errors * self.error)

    def rises(self, least: float = 0.0, errors: float = 3.0) -> bool:
        """Return whether it rose by more than ``least`` and more than ``errors`` standard errors."""
        return self.change > max(least, errors * self.error)


def read_curves(history: History) -> Curves:
    """Return the losses of ``history`` as the rules read them."""
    raw = history.series("loss")
    finite = np.flatnonzero(np.isfinite(raw))
    count = int(finite[-1]) + 1 if len(finite) else 0
    train = fill_gaps(raw[:count])
    given = align(history.series("val_loss"), len(raw))[:count]
    initial = _first_loss(history)
    known = [value for value in (*train[:1], initial, chance_loss(history)) if np.isfinite(value)]
    at = _readable(given, count)
    valid = fill_gaps(given)
    return Curves(train[at], valid[at] if len(valid) else valid, initial, float(max(known, default=np.nan)), at)


def _readable(valid: Numbers, count: int) -> NDArray[np.intp]:
    """Return which epochs to read: all, or those that were validated where that was every second one or less."""
    validated = np.flatnonzero(np.isfinite(valid))
    return validated if FEWEST_EPOCHS <= len(validated) < SPARSE * count else np.arange(count)


def align(values: Numbers, count: int) -> Numbers:
    """Return ``values`` on ``count`` epochs, NaN where missing; a shorter series was validated every k-th epoch."""
    if not 0 < len(values) < count:
        return values[:count]
    every = count // len(values)
    spread = np.full(count, np.nan)
    spread[every - 1 : every * len(values) : every] = values
    return spread


def fill_gaps(values: Numbers) -> Numbers:
    """Return ``values`` with non-finite ones replaced by straight lines between neighbours; empty if none is finite."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.empty(0)
    at = np.arange(len(values))
    filled = values if finite.all() else np.interp(at, at[finite], values[finite])
    return np.clip(filled, -HUGE, HUGE)


def _first_loss(history: History) -> float:
    """The epoch's running mean hides what the first epoch taught; the first rows' own loss does not.

    Eight rows at least: the loss of a single row says little about where a run begins.
    """
    steps = np.asarray(history.steps.get("loss", ()), dtype=np.float64)
    batch = history.hyperparameters.get("batch_size") or 8
    return float(steps[: max(1, -(-8 // int(batch)))].mean()) if len(steps) else np.nan


def chance_loss(history: History) -> float:
    """Return the cross-entropy of guessing among balanced classes; NaN when the classes or the loss are unknown.

    A fine-tuned model starts below it; what it has learnt still counts from there.
    """
    classes = history.facts.get("classes")
    entropy = "crossentropy" in str(history.facts.get("loss_name", "")).lower()
    return float(np.log(classes)) if entropy and classes and classes > 1 else np.nan


def noise(values: Numbers) -> float:
    """Return the standard deviation of what jumps from epoch to epoch, whatever the trend below it.

    Source: second differences, after Gasser, Sroka and Jennen-Steinmetz (1986), with the median in place of the
    mean so that one spike, or the steep first epochs, does not count as noise.
    """
    if len(values) < FEWEST_EPOCHS:
        return 0.0
    bends = np.sort(np.abs(values[2:] - 2.0 * values[1:-1] + values[:-2]))
    middle = 0.5 * (bends[(len(bends) - 1) // 2] + bends[len(bends) // 2])
    return 1.4826 * float(middle) / math.sqrt(6.0)


def window(count: int) -> int:
    """Return the odd number of epochs to smooth over: an eighth of the run, from 3 to 101."""
    return min(max(count // 8 | 1, 3), 101)


def without_spikes(values: Numbers) -> Numbers:
    """Return the median of each value and its two neighbours; the first and last value stay."""
    padded = np.concatenate((values[:1], values, values[-1:]))
    before, after = padded[:-2], padded[2:]
    return np.asarray(np.maximum(np.minimum(before, after), np.minimum(np.maximum(before, after), values)))


def smooth(values: Numbers) -> Numbers:
    """Return ``values`` without spikes (median of 3) and jitter (moving mean, narrower at both ends)."""
    if len(values) < 3:
        return values
    calm = without_spikes(values)
    at = np.arange(len(values))
    reach = np.minimum(window(len(values)) // 2, np.minimum(at, at[::-1]).clip(1))
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(values))
    total = np.concatenate(([0.0], np.cumsum(calm)))
    return np.asarray((total[high] - total[low]) / (high - low))


def trend(values: Numbers, jitter: float | None = None) -> Trend:
    """Return how ``values`` moved from their earlier to their later half.

    Args:
        values: A stretch of a curve.
        jitter: Its noise, when measured on a longer stretch.
    """
    half = max(len(values) // 2, 1)
    spread = noise(values) if jitter is None else jitter
    calm = np.append(without_spikes(values)[:-1], ending(values))  # a spike in the last epoch has no neighbours
    change = float(calm[-half:].mean() - calm[:half].mean())
    return Trend(change, spread * math.sqrt(2.0 / half), float(len(values) - half))


def tail(count: int) -> int:
    """Return how many epochs make "the end" of a run: the last third, at least 4."""
    return min(count, max(FEWEST_EPOCHS, count // 3))


def last_trend(values: Numbers) -> Trend:
    """Return how ``values`` moved over the end of the run, against the noise of its later half."""
    jitter = noise(values[-max(FEWEST_EPOCHS + 2, len(values) // 2) :])
    return trend(without_spikes(values)[-tail(len(values)) :], jitter)


def gain_at_end(values: Numbers) -> float:
    """Return how far ``values`` fell over the end of the run, at the pace of its trend; 0 when that is chance."""
    moving = last_trend(values)
    return -moving.change / moving.epochs * tail(len(values)) if moving.falls() else 0.0


def still_gains(curves: Curves, share: float = 0.05) -> bool:
    """Return whether the end of the run still improved by as much as anyone would see.

    5% of the level and 2% of the whole fall within the last third: below that, another third as long is time lost.

    Args:
        curves: The curves of the run.
        share: The gain of the level that counts.
    """
    last = ending(curves.judged)
    return gain_at_end(curves.judged) > max(share * size(last), 0.02 * (curves.start - last))


def clear_rise(curves: Curves, deviations: float = 2.5) -> float:
    """Return from which rise above its best validation loss stands clearly above it.

    10% of the best (SageMaker Debugger's margin) and 5% of all that was learnt, for what nobody would see on the chart
    is not worth saying; 30% of the best beyond doubt; 4% where it rose twice as far as it ever fell. Losses that may
    be negative have no level, only a range. Always ``deviations`` of one epoch's validation loss.
    """
    calm = smooth(curves.valid)
    best, spread = float(calm.min()), float(np.ptp(calm))
    fair = 0.1 * spread
    if curves.valid.min() > 0:
        seen = max(0.1 * best, 0.05 * max(curves.start - best, spread))
        never_fell = max(0.04 * best, 2.0 * float(calm[0] - best))
        fair = min(seen, never_fell, 0.3 * best)
    return max(fair, deviations * noise(curves.valid), 1e-12)


def size(*values: float) -> float:
    """Return the largest magnitude among ``values``: the yardstick for relative changes, whatever the sign."""
    return max(abs(value) for value in values)


def ending(values: Numbers) -> float:
    """Return the level at the end: the median of the last three, which one spike cannot move."""
    return float(statistics.median(values[-3:].tolist()))


def is_accuracy(name: str) -> bool:
    """Return whether a metric of this name is the share of rows classified rightly, "out_binary_accuracy" included."""
    return bool(_ACCURACY.search(name.lower())) and not _NOT_PLAIN.search(name.lower())


def accuracy(history: History, name: str = "accuracy") -> Numbers:
    """Return the accuracy of each epoch whatever Keras called it, the mean over outputs; empty when none was recorded.

    Args:
        history: The numbers of one run.
        name: "accuracy", or "val_accuracy" for the one of the validation rows.
    """
    validation = name.startswith("val_")
    names = [key for key in history.epochs if is_accuracy(key) and key.startswith("val_") == validation]
    chosen = [name] if name in names else names
    series = [align(history.series(key), history.epoch_count) for key in chosen if len(history.series(key))]
    values = np.mean(np.clip(series, 0.0, 100.0), axis=0) if series else np.empty(0)
    return values / 100.0 if len(values) and np.nanmax(values, initial=0.0) > 1.5 else values  # some write per cent


def accuracy_at_end(history: History, name: str = "accuracy") -> float:
    """Return the accuracy over the last three epochs that have one; NaN when none was recorded."""
    values = accuracy(history, name)
    values = values[np.isfinite(values)][-3:]
    return float(np.median(values)) if len(values) else np.nan


def is_tiny(history: History, values: Numbers) -> bool:
    """Return whether the end of ``values`` is so near zero that what is left to learn does not matter."""
    least = TINY_CROSS_ENTROPY if len(accuracy(history)) else TINY_LOSS
    return bool(np.abs(values[-3:]).max() < least) if len(values) else False
