"""The probe's signals as rules read them: layers in order, epochs that were measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..history import History
from ..signals import MODEL

Numbers = NDArray[np.float64]


def by_layer(history: History, signal: str) -> dict[str, Numbers]:
    """Return a signal by layer, the whole model's left out, with at least one measured value each."""
    return {
        layer: values
        for layer, values in history.signal(signal).items()
        if layer != MODEL and bool((~np.isnan(values)).any())
    }


def of_model(history: History, signal: str) -> Numbers:
    """Return a signal of the whole model; empty when it was not measured."""
    return history.signal(signal).get(MODEL, np.empty(0))


def lately(values: Numbers) -> float:
    """Return the median of the last three measured values; NaN without any."""
    measured = values[~np.isnan(values)][-3:]
    return float(np.median(measured)) if len(measured) else np.nan


def at_start(values: Numbers) -> float:
    """Return what was measured before the first step; NaN when that was left out."""
    return float(values[0]) if len(values) else np.nan


def since(values: Numbers, least: float, epochs: int) -> tuple[int, int] | None:
    """Return the epochs over which ``values`` stayed at ``least`` or above up to the end, None when they do not.

    Args:
        values: One value before the first epoch and one after each.
        least: The level.
        epochs: How many epochs ended.
    """
    below = np.flatnonzero(values < least)  # NaN, where the probe was left out, is neither
    first = int(below[-1]) + 1 if len(below) else 0
    return (max(first - 1, 0), epochs - 1) if epochs and first < len(values) else None
