"""How a run came out, for rules whose weight depends on it: the same sign is a cause of trouble or a curiosity."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..curves import accuracy_at_end, ending, read_curves
from ..history import History

Outcome = Literal["unknown", "failed", "poor", "learnt"]

FEWEST = 3  # epochs; before them no outcome can be told
_GAINED = (0.1, 0.5)  # of the way from the trivial model's accuracy to 1: below "failed", below "poor"
_EXPLAINED = (0.05, 0.3)  # of the targets' variance
_FELL = (0.1, 0.3)  # of the loss at the start


def outcome(history: History) -> Outcome:
    """Return how the run came out: against the trivial model where it is known, else against where the loss began.

    "failed" is no better than knowing nothing (or no longer finite), "poor" less than half the way.
    """
    curves = read_curves(history)
    raw = history.series("loss")
    if history.status == "diverged" or (len(raw) and not np.isfinite(raw[-1])):
        return "failed"
    if curves.count < FEWEST:
        return "unknown"
    gained = accuracy_gained(history)
    if np.isfinite(gained):
        return _graded(gained, _GAINED)
    explained = variance_explained(history)
    if np.isfinite(explained):
        return _graded(explained, _EXPLAINED)
    start = abs(curves.start)
    return _graded((curves.start - ending(curves.judged)) / start, _FELL) if start > 0 else "unknown"


def accuracy_gained(history: History) -> float:
    """Return how much of the way from the trivial accuracy to 1 was made; NaN without accuracy or classes."""
    accuracy = accuracy_at_end(history, "val_accuracy")
    if np.isnan(accuracy):
        accuracy = accuracy_at_end(history)
    least = _trivial(history, "accuracy")
    classes = history.facts.get("classes")
    if np.isnan(least) and classes and classes > 1:
        least = 1.0 / classes
    return (accuracy - least) / (1.0 - least) if least < 1.0 else np.nan


def variance_explained(history: History) -> float:
    """Return the share of the targets' variance that is explained; NaN unless the loss is the mean squared error."""
    trivial = _trivial(history, "mean_squared_error")
    if str(history.facts.get("loss_name", "")).lower() not in ("mse", "mean_squared_error", "meansquarederror"):
        return np.nan
    return 1.0 - ending(read_curves(history).judged) / trivial if trivial > 0 else np.nan


def _trivial(history: History, metric: str) -> float:
    targets = history.data.targets if history.data is not None else ()
    return float(targets[0].trivial.get(metric, np.nan)) if len(targets) == 1 else np.nan


def _graded(value: float, limits: tuple[float, float]) -> Outcome:
    failed, poor = limits
    return "failed" if value < failed else "poor" if value < poor else "learnt"
