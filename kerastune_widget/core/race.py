"""The optimizer race: several optimizers from the same start over the same batches, and their table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .history import History
from .improvement import monitored
from .metric_direction import best_epoch, better, direction, epoch_values

RACERS = ("sgd", "sgd_momentum", "sgd_nesterov", "adagrad", "adadelta", "rmsprop", "adam", "nadam", "adamw")
"""The optimizers of a race unless others are asked for: the line from plain SGD to AdamW, as lectures draw it."""


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


@dataclass(frozen=True)
class Raced:
    """One run of a race that has ended.

    Attributes:
        optimizer: As the control calls it.
        run: Its number.
        rate: Its learning rate.
        history: Its numbers.
    """

    optimizer: str
    run: int
    rate: float
    history: History


def race_metric(asked: str, histories: Sequence[History]) -> str:
    """Return the metric to compare: the one asked for where any run has it, else the loss that judges.

    Args:
        asked: By Keras's name.
        histories: Those of the runs.
    """
    known = {name: None for history in histories for name in history.epochs}
    return asked if asked in known else monitored(known) or asked


def race_rows(metric: str, first: Sequence[Raced], others: Sequence[Raced] = ()) -> tuple[RaceRow, ...]:
    """Return the table of a race.

    Args:
        metric: What is compared, by Keras's name; ``direction`` must know which way is better.
        first: One run of each optimizer, at the rate that it races at.
        others: Further runs at other rates, for the sensitivity.

    Returns:
        A row for each of ``first``, in that order.
    """
    rows = [_row(metric, one, [one, *(run for run in others if run.optimizer == one.optimizer)]) for one in first]
    level = race_level(metric, [row.best for row in rows])
    if level is None:
        return tuple(rows)
    reached = [_epochs_to(metric, one.history, level) for one in first]
    return tuple(replace(row, level=level, epochs_to_level=epochs) for row, epochs in zip(rows, reached, strict=True))


def race_level(metric: str, bests: Sequence[float | None]) -> float | None:
    """Return what the last of the better half reached at its best; None when nobody reached anything.

    Args:
        metric: By Keras's name.
        bests: The best value of each optimizer; None for one that never had a finite value.
    """
    known = sorted((best for best in bests if best is not None), reverse=direction(metric) == "up")
    return known[math.ceil(len(known) / 2) - 1] if known else None


def _row(metric: str, one: Raced, runs: Sequence[Raced]) -> RaceRow:
    values = epoch_values(one.history, metric)
    place = best_epoch(metric, values)
    row = RaceRow(one.optimizer, one.run, one.rate, metric, sensitivity=_sensitivity(metric, runs))
    return row if place is None else replace(row, best=float(values[place]), best_epoch=place + 1)


def _sensitivity(metric: str, runs: Sequence[Raced]) -> tuple[tuple[float, float], ...]:
    found: Mapping[float, float] = {run.rate: _best_value(metric, run.history) for run in runs}
    return tuple(sorted(found.items()))


def _best_value(metric: str, history: History) -> float:
    values = epoch_values(history, metric)
    place = None if history.status == "diverged" else best_epoch(metric, values)
    return math.nan if place is None else float(values[place])


def _epochs_to(metric: str, history: History, level: float) -> int | None:
    values = epoch_values(history, metric)
    reached = [value == level or better(metric, float(value), level) == 0 for value in values]
    return int(np.argmax(reached)) + 1 if any(reached) else None
