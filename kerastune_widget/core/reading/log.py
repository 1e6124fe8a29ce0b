"""Rows and columns of a log, on their way to the curves of one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .numbers import Cells


@dataclass(frozen=True)
class Log:
    """A log by Keras's names.

    Attributes:
        series: Curves by Keras's names; "loss" is among them. Shorter ones know nothing of rows.
        aside: Other columns with numbers, as long as the loss.
        epochs: The number of each row's epoch, as the file counts; None when it does not say.
        has_steps: Whether a column tells steps or batches: rows are then less than an epoch.
    """

    series: Mapping[str, Cells]
    aside: Mapping[str, Cells]
    epochs: Cells | None
    has_steps: bool = False

    def rows(self, chosen: Iterable[int]) -> Log:
        """Return those rows in that order; curves that know nothing of rows are left out unless nothing changes."""
        order, count = list(chosen), len(self.series["loss"])
        if order == list(range(count)):
            return self
        return Log(
            {name: [cells[row] for row in order] for name, cells in self.series.items() if len(cells) == count},
            {name: [cells[row] for row in order] for name, cells in self.aside.items()},
            None if self.epochs is None else [self.epochs[row] for row in order],
            self.has_steps,
        )
