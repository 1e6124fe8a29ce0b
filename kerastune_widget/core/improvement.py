"""Whether a watched metric got better, exactly as Keras's callbacks decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .metric_direction import direction

MONITORED = ("val_loss", "loss")
"""What is watched unless something else is named: the first of these that there is."""


def is_better(monitor: str, value: float, best: float | None, min_delta: float = 0.0) -> bool:
    """Return whether a value improves on the best so far by more than ``min_delta``.

    Compared in float32, as Keras's ``EarlyStopping`` and ``ReduceLROnPlateau`` do.

    Args:
        monitor: Name of the metric; which way is better follows from it, and is down where it does not tell.
        value: The new one.
        best: The best so far; None when there is none, on which anything improves.
        min_delta: Least change that counts, 0 or more.
    """
    if best is None:
        return True
    if direction(monitor) == "up":
        return bool(np.float32(value - min_delta) > np.float32(best))
    return bool(np.float32(value + min_delta) < np.float32(best))


def monitored(names: Mapping[str, object], asked: str | None = None) -> str | None:
    """Return which of the metrics that there are is watched.

    Args:
        names: The metrics that there are, as keys.
        asked: The one to watch; None for the usual one.

    Returns:
        Its name; None when it is not there.
    """
    wanted = MONITORED if asked is None else (asked,)
    return next((name for name in wanted if name in names), None)


def stalled_after(monitor: str, values: Sequence[float], patience: int, min_delta: float = 0.0) -> int | None:
    """Return after how many epochs a metric had not improved for ``patience`` epochs in a row, for the first time.

    Args:
        monitor: Name of the metric.
        values: One an epoch.
        patience: Epochs without improvement, at least 1.
        min_delta: Least change that counts.

    Returns:
        Epochs, 2 or more; None when that never happened.
    """
    best, waited = None, 0
    for epoch, value in enumerate(values):
        if is_better(monitor, value, best, min_delta):
            best, waited = value, 0
        else:
            waited += 1
        if waited >= patience:
            return epoch + 1
    return None
