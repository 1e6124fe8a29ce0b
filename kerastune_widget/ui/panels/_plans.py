"""What the learning rate of a run was to do, to be drawn below what it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.history import History
from ...core.rates import moves_by_itself
from ...core.schedule import PlannedRates
from ...errors import KerasTuneError
from ._base import Context


class Plans:
    """Asks the session for the rates of the run in focus, once a run."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: tuple[object, PlannedRates | None] | None = None

    def of(self, runs: Sequence[Any]) -> dict[int, PlannedRates]:
        """Return the plan of the run in focus by its number, if it follows a schedule and was planned in one go.

        Args:
            runs: Those on the chart, at least one.
        """
        focus = self._context.selection.focus
        front = next((run for run in runs if run.number == focus), runs[-1])
        record = front.record()
        if not self._context.session.can_train or _was_continued(record) or not moves_by_itself(record):
            return {}
        key = (front.number, record.planned_epochs)
        if self._known is None or self._known[0] != key:
            self._known = (key, self._ask(record))
        return {front.number: self._known[1]} if self._known[1] is not None else {}

    def _ask(self, record: History) -> PlannedRates | None:
        session = self._context.session
        settings = {name: value for name, value in record.hyperparameters.items() if name in session.controls}
        try:
            return session.planned_rates(**{**settings, "epochs": record.planned_epochs})
        except KerasTuneError:
            return None


def _was_continued(record: History) -> bool:
    """Return whether it was trained in more than one go, those of the run it was branched from left out."""
    branched = sum(end <= record.branch_step for end in record.epoch_ends)
    return sum(leg.first_epoch >= branched for leg in record.legs) > 1
