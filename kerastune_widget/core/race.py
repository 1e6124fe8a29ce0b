"""The optimizer race: several optimizers from the same start over the same batches, and their table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RaceRow:
    """One optimizer of a race.

    Attributes:
        optimizer: As the control calls it.
        run: Number of its run at ``rate``.
        rate: Its learning rate.
        metric: Which metric is compared, by Keras's name.
        best: Best value of the metric over the epochs; None when it never was finite.
        best_epoch: The epoch of that, counted from 1.
        epochs_to_level: Epochs until the metric reached ``level``; None when it never did.
        level: The level, equal for all rows: what the slowest of the better half reached at its best.
        sensitivity: (rate, best value) of each of its runs, by ascending rate; a diverged run has NaN.
    """

    optimizer: str
    run: int
    rate: float
    metric: str
    best: float | None = None
    best_epoch: int | None = None
    epochs_to_level: int | None = None
    level: float | None = None
    sensitivity: tuple[tuple[float, float], ...] = ()
