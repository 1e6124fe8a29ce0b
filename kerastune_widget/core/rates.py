"""Learning rates as the rules on curves read them: a rate that rises again moves the curves by design."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .curves import FEWEST_EPOCHS, Curves, Numbers, align
from .history import History
from .schedule import CONSTANT

RISES = 1.2  # times its lowest so far: beyond what rounding or a small correction does
WARM_UP = 0.15  # of the run: a rise within it is a warm-up, not a cycle
AT_REST = 0.3  # the share of epochs with the lowest rates
FEWEST_AT_REST = 6  # two or three cycles of two or three epochs


def epoch_rates(history: History) -> Numbers:
    """Return the learning rate at the end of each epoch; empty when unknown."""
    steps, count = len(history.learning_rates), history.epoch_count
    if steps >= count > 0:
        known = len(history.epoch_ends) == count and history.epoch_ends[-1] <= steps
        ends = history.epoch_ends if known else np.linspace(0, steps, count + 1)[1:]  # else epochs of equal lengths
        return np.asarray(history.learning_rates[np.asarray(ends, dtype=np.intp) - 1], dtype=np.float64)
    for name in ("learning_rate", "lr"):
        if name in history.epochs:
            return align(history.series(name), history.epoch_count)
    return np.empty(0)


def moves_by_itself(history: History) -> bool:
    """Return whether the rate follows a schedule, or moves without anyone having set it."""
    if history.hyperparameters.get("schedule", CONSTANT) != CONSTANT or history.facts.get("scheduled"):
        return True
    changed = {change.step for change in history.changes}
    moved = np.flatnonzero(np.diff(history.learning_rates)) + 1
    return any(step not in changed for step in moved.tolist())


def rises_again(rates: Numbers) -> bool:
    """Return whether a rate falls and climbs again after the warm-up, as in cycles and restarts; growth is neither."""
    later = rates[int(np.ceil(WARM_UP * len(rates))) :]
    if len(later) < FEWEST_EPOCHS or not np.isfinite(later).all():
        return False
    falls = (later * RISES < np.maximum.accumulate(later)).any()
    return bool(falls and (later > RISES * np.minimum.accumulate(later)).any())


def cycles(history: History) -> bool:
    """Return whether the learning rate is known to rise again and again, or to restart."""
    return rises_again(epoch_rates(history))


def at_rest(history: History, curves: Curves) -> Curves:
    """Return the points of ``curves`` with the lowest rates when the rate cycles, else all of them.

    At the top of a cycle both losses stand higher, which says nothing about the model that the cycle ends with.
    """
    rates = epoch_rates(history)
    if len(rates) < history.epoch_count or not rises_again(rates):
        return curves
    own = rates[curves.at]
    low = np.flatnonzero(own <= np.quantile(own, AT_REST) * (1.0 + 1e-9))
    if len(low) < FEWEST_AT_REST:
        return curves
    valid = curves.valid[low] if curves.validated else curves.valid
    return replace(curves, train=curves.train[low], valid=valid, at=curves.at[low])
