"""Logs with several rows an epoch: of steps, or of training and validation apart, as Lightning writes them."""

from __future__ import annotations

import math

from .log import Log
from .numbers import Cells, is_number

_RATES = {"learning_rate", "lr"}


def is_split(log: Log) -> bool:
    """Return whether several rows make an epoch: steps are counted, or rows of one epoch lack each other's values."""
    epochs = log.epochs or []
    again = [row for row in range(1, len(epochs)) if epochs[row] is not None and epochs[row] == epochs[row - 1]]
    lacking = (None in (log.series["loss"][row], log.series["loss"][row - 1]) for row in again)
    return bool(again) and (log.has_steps or any(lacking) or any(_is_nan_beside(log, row) for row in again))


def _is_nan_beside(log: Log, row: int) -> bool:
    """Tables of pandas say NaN for what is not there: each of two rows has something that the other lacks."""
    pairs = [(cells[row - 1], cells[row]) for cells in log.series.values() if len(cells) == len(log.series["loss"])]
    missing = [(first is None or math.isnan(first), then is None or math.isnan(then)) for first, then in pairs]
    return (True, False) in missing and (False, True) in missing


def joined(log: Log) -> Log:
    """Return one row for each stretch of rows of one epoch; a row without a number belongs to the one before."""
    count = len(log.series["loss"])
    epochs = _filled(log.epochs or [])
    begins = [row for row in range(count) if row == 0 or epochs[row] != epochs[row - 1]]
    stretches = [range(first, end) for first, end in zip(begins, [*begins[1:], count], strict=True)]
    full = {name: cells for name, cells in log.series.items() if len(cells) == count}
    rich = [any(is_number(cells[row]) for cells in (*full.values(), *log.aside.values())) for row in range(count)]

    def each(name: str, cells: Cells) -> Cells:
        return [_of_epoch(name, [_seen(cells[row], rich[row]) for row in rows]) for rows in stretches]

    return Log(
        {name: each(name, cells) for name, cells in full.items()},
        {name: each(name, cells) for name, cells in log.aside.items()},
        [epochs[row] for row in begins],
    )


def _filled(epochs: Cells) -> Cells:
    first = next((epoch for epoch in epochs if is_number(epoch)), None)
    filled: Cells = []
    for epoch in epochs:
        filled.append(epoch if is_number(epoch) else filled[-1] if filled else first)
    return filled


def _seen(cell: float | None, is_rich: bool) -> float | None:
    """NaN beside a number is how pandas writes a blank; in a row of its own it is what training came to."""
    return None if is_rich and not is_number(cell) else cell


def _of_epoch(name: str, cells: Cells) -> float | None:
    values = [cell for cell in cells if cell is not None]
    if len(values) < 2 or name in _RATES:
        return values[-1] if values else None
    return sum(values) / len(values)
