"""How validation loss climbed back from its best, as the rules on overfitting and overconfidence read it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .curves import Curves, Numbers, accuracy, clear_rise, ending, last_trend, noise, smooth, trend, window
from .history import History
from .task import validation_rows

LASTING = 3  # points since the best; one rising epoch is chance
FAR = 3.0  # times the least rise: so high, it is lost even where the end comes down again
MEMORISED = 0.5  # training loss of validation loss, from which half the rise is clear: two signs instead of one
ERRORS = 3.0  # standard errors
RESTLESS = 3.0  # at most so many times what jumps from epoch to epoch may wander more slowly
UNKNOWN_ROWS = 200  # taken for granted when nobody knows on how many rows an accuracy was measured


@dataclass(frozen=True)
class Rise:
    """The climb of validation loss since its best.

    Attributes:
        best: Place of the lowest value of the smoothed curve.
        lowest: That value.
        height: How far the end stands above it, less what training loss climbed since: a cycle lifts both.
        least: From which height it is clear.
        lasting: Whether it lasted, with training loss below it, and is not on its way back.
    """

    best: int
    lowest: float
    height: float
    least: float
    lasting: bool

    @property
    def clear(self) -> bool:
        """Whether it rose, beyond chance and doubt."""
        return self.lasting and self.height >= self.least


def read_rise(curves: Curves) -> Rise:
    """Return how far validation loss stands above its best; there must be one."""
    calm = smooth(curves.valid)
    best = int(np.argmin(calm))
    lowest = float(calm[best])
    went_up = max(0.0, level_at_end(curves.train) - float(smooth(curves.train)[best]))
    height = level_at_end(curves.valid) - lowest - went_up
    least = _least(curves)
    return Rise(best, lowest, height, least, _lasting(curves, best, far=height > FAR * least))


def level_at_end(values: Numbers) -> float:
    """Return the level of the last tenth, three points at least: the lower of two readings, so that spikes count not.

    One is the mean of the curve without spikes, the other the median of the last three.
    """
    last = max(3, len(values) // 10)
    return min(float(np.median(values[-last:])), ending(values), float(smooth(values)[-last:].max()))


def _least(curves: Curves) -> float:
    seen = clear_rise(curves, deviations=0.0)
    train, valid = ending(curves.train), ending(curves.valid)
    memorised = 0 < train < MEMORISED * valid
    return max(seen * (MEMORISED if memorised else 1.0), ERRORS * error_of_rise(curves.valid), 1e-12)


def error_of_rise(values: Numbers) -> float:
    """Return the standard error of a difference between the end's level and another smoothed one.

    What wanders over several epochs averages out more slowly than what jumps from one to the next.
    """
    jumps = noise(values)
    later = values[len(values) // 2 :]
    wanders = float(np.std(later - smooth(values)[len(values) // 2 :]))
    wanders = max(jumps, min(wanders * min(wanders / jumps, RESTLESS) if jumps > 0 else wanders, RESTLESS * jumps))
    return wanders * math.sqrt(1.0 / max(3, len(values) // 10) + 1.0 / window(len(values)))


def _lasting(curves: Curves, best: int, far: bool) -> bool:
    if curves.count - 1 - best < LASTING or ending(curves.train) >= ending(curves.valid):
        return False
    since = slice(best, None)
    turned_back = trend(curves.valid[since]).falls() and last_trend(curves.valid).falls()
    return far or not turned_back


def accuracy_since(history: History, curves: Curves, best: int) -> tuple[float, float]:
    """Return how far validation accuracy moved from the best epoch to the end, and its standard error; NaN if unknown.

    The same rows are judged each time, so that the binomial error of one accuracy is more than the error of a
    difference.
    """
    values = accuracy(history, "val_accuracy")
    values = values[curves.at] if len(values) > curves.at.max(initial=-1) else np.empty(0)
    if not len(values) or not np.isfinite(values).all():
        return np.nan, np.nan
    calm = smooth(values)
    moved = float(np.median(values[-max(3, len(values) // 10) :])) - float(calm[best])
    share, rows = float(np.clip(calm[best], 0.0, 1.0)), validation_rows(history) or UNKNOWN_ROWS
    return moved, max(math.sqrt(share * (1.0 - share) / rows), error_of_rise(values))
