"""Logs with several runs one below the other, as ``CSVLogger(append=True)`` makes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..curves import is_accuracy
from .numbers import Cells

_UNDONE = 0.5  # of what was learnt: a loss that is back up by more begins anew
_LEAST = 0.1  # of the loss: where less was learnt, this counts as learnt
_GROWN = 0.2  # of an accuracy: what chance does not add


class LastRun(NamedTuple):
    """The last run of a log.

    Attributes:
        rows: Its rows, in order.
        runs: How many runs there are.
        goes_on: Whether its epochs begin anew in it, and the loss goes on.
        uncounted: Whether its epochs begin anew so often that they tell nothing.
    """

    rows: list[int]
    runs: int
    goes_on: bool = False
    uncounted: bool = False


def last_of(epochs: Sequence[int], series: Mapping[str, Cells]) -> LastRun:
    """Return the last run of a log in which the numbers of epochs begin again.

    Args:
        epochs: The number of each row's epoch.
        series: Curves by Keras's names; "loss" is among them.
    """
    begins = {row for row in range(1, len(epochs)) if epochs[row] <= epochs[row - 1]}
    if 2 * len(begins) >= len(epochs):  # fit(epochs=1) in a loop: the numbers tell nothing
        return LastRun(list(range(len(epochs))), 1, uncounted=True)
    rows, runs, goes_on = [0], 1, False
    for row in range(1, len(epochs)):
        if row in begins:
            if epochs[row] < epochs[rows[0]] or _begins_anew(series, rows, row):
                rows, runs, goes_on = [], runs + 1, False
            elif epochs[row] > epochs[rows[0]]:
                rows = _resumed(rows, epochs, row)
            else:
                goes_on = True
        rows.append(row)
    return LastRun(rows, runs, goes_on)


def _resumed(rows: list[int], epochs: Sequence[int], row: int) -> list[int]:
    end = len(rows)
    while end > 1 and epochs[rows[end - 1]] >= epochs[row]:
        end -= 1
    return rows[:end]


def _begins_anew(series: Mapping[str, Cells], rows: Sequence[int], row: int) -> bool:
    for name, cells in series.items():
        if len(cells) <= row:
            continue
        first, last, now = cells[rows[0]], cells[rows[-1]], cells[row]
        if name == "loss" and (_is_undone(first, last, now) or _is_healed(first, last, now)):
            return True
        if name == "val_loss" and _is_highest(cells, rows, row) and _is_undone(first, last, now):
            return True
        if is_accuracy(name) and not name.startswith("val_") and _is_forgotten(first, last, now):
            return True
    return False


def _is_highest(cells: Cells, rows: Sequence[int], row: int) -> bool:
    now, before = cells[row], [cell for cell in (cells[earlier] for earlier in rows) if cell is not None]
    return now is not None and bool(before) and now > max(before)


def _is_forgotten(first: float | None, last: float | None, now: float | None) -> bool:
    """Return whether an accuracy that had grown by a fifth fell back by more than half of that."""
    if first is None or last is None or now is None or not last - first > _GROWN * last:
        return False
    return last - now > _UNDONE * (last - first)


def _is_undone(first: float | None, last: float | None, now: float | None) -> bool:
    if last is None or now is None or not math.isfinite(last) or not math.isfinite(now):
        return False
    learnt = first - last if first is not None and math.isfinite(first) else 0.0
    return now - last > _UNDONE * max(learnt, _LEAST * abs(last))


def _is_healed(first: float | None, last: float | None, now: float | None) -> bool:
    """Return whether the part before was lost (NaN, or far above its start) and this one is not."""
    if last is None or now is None or not math.isfinite(now):
        return False
    if not math.isfinite(last):
        return True
    if first is None or not math.isfinite(first) or last - first <= _UNDONE * abs(first):
        return False
    return abs(now - first) < abs(now - last)
