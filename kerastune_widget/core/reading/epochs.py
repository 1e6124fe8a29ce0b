"""What the epoch column says: rows of one epoch, rows without any number, runs that were appended to one another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .log import Log
from .numbers import Cells, is_number
from .runs import LastRun, last_of
from .steps import is_split, joined


def last_run(log: Log) -> tuple[Mapping[str, Cells], dict[str, Any]]:
    """Return the curves of the last run in a log, one value an epoch, and what is known of it beside them.

    * Rows of one epoch are joined where a column counts steps, or where they lack each other's values, as in
      Lightning's ``metrics.csv``. A value given several times in an epoch becomes its mean, which is what Lightning's
      ``on_epoch`` and Keras report; of learning rates the last counts.
      An epoch at the end that has no training loss yet is left out.
    * Rows without any number of this run are no epochs.
    * Rows are sorted by epoch where no epoch is there twice.
    * Where the numbers of epochs begin again, a run was appended (``CSVLogger(append=True)``). It is another run when
      the loss or the accuracy takes back more than half of what was learnt before, or when validation loss jumps above
      all it has been; else ``fit`` was called again and went on. Where they begin again later than the run did, it was
      resumed from there, and the rows that it trained again replace those before.

    Returns:
        The curves; and by name "first_epoch" (int, counted from 1, as the file says; only when above 1),
        "runs_in_file" (int, only when above 1), "goes_on" (True where epochs begin anew in this run and the loss goes
        on), "uncounted" (True where they begin anew so often that they tell nothing), "empty_rows" (int: rows left out
        that hold an epoch's number and nothing else; only when there are) and "epoch_means" (True where the loss was
        the mean of several rows).
    """
    split = is_split(log)
    given, empty = _without_empty_rows(_without_open_end(joined(log)) if split else log)
    facts: dict[str, Any] = {"empty_rows": empty} if empty else {}
    if split and _numbers_in(log.series["loss"]) > _numbers_in(given.series["loss"]):
        facts["epoch_means"] = True
    epochs = _whole_numbers(given.epochs, len(given.series["loss"]))
    if not epochs:
        return given.series, facts
    if len(set(epochs)) == len(epochs):
        last = LastRun(sorted(range(len(epochs)), key=epochs.__getitem__), 1)
    else:
        last = last_of(epochs, given.series)
    return given.rows(last.rows).series, facts | _told_by(last, epochs)


def _told_by(last: LastRun, epochs: Sequence[int]) -> dict[str, Any]:
    first = epochs[last.rows[0]]
    told = {"first_epoch": first, "runs_in_file": last.runs}
    marks = {"goes_on": last.goes_on, "uncounted": last.uncounted}
    return {name: number for name, number in told.items() if number > 1} | {name: True for name in marks if marks[name]}


def _whole_numbers(epochs: Cells | None, count: int) -> list[int]:
    if epochs is None or len(epochs) != count:
        return []
    known = [epoch for epoch in epochs if epoch is not None and math.isfinite(epoch)]
    return [math.floor(epoch) for epoch in known] if len(known) == count and _is_counted(known) else []


def _is_counted(epochs: Sequence[float]) -> bool:
    """Return whether these count epochs; parts of epochs ("1.5") do too, as long as no two fall into one."""
    return len({math.floor(epoch) for epoch in epochs}) == len(set(epochs))


def _without_empty_rows(log: Log) -> tuple[Log, int]:
    count = len(log.series["loss"])
    full = [cells for cells in log.series.values() if len(cells) == count]
    empty = [row for row in range(count) if all(cells[row] is None for cells in full)]
    if not empty:
        return log, 0
    numbered = [
        row for row in empty if log.epochs is not None and len(log.epochs) == count and log.epochs[row] is not None
    ]
    bare = [row for row in numbered if all(cells[row] is None for cells in log.aside.values())]
    return log.rows(sorted(set(range(count)) - set(empty))), len(bare)


def _without_open_end(log: Log) -> Log:
    """Training that was stopped in mid-epoch has logged no loss for it; NaN there would say that it diverged."""
    written = [row for row, cell in enumerate(log.series["loss"]) if cell is not None]
    return log.rows(range(written[-1] + 1)) if written else log


def _numbers_in(cells: Cells) -> int:
    return sum(is_number(cell) for cell in cells)
