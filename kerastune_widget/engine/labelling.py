"""The part of a session that keeps its runs in order: names, notes, pins, deleted and brought back."""

from __future__ import annotations

from ..core.events import EventBus, RunDeleted, RunLabelled, RunRestored
from .checkpoints import CheckpointStore
from .run import Run
from .run_book import RunBook


class SessionLabels:
    """What a person says of the runs of a ``Session``."""

    _book: RunBook
    _checkpoints: CheckpointStore
    events: EventBus

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs so far but the deleted ones, oldest first; those of proofs are among them."""
        return self._book.runs

    def find(self, number: int) -> Run:
        """Return the run of this number, deleted or not.

        Raises:
            RunError: If there is none.
        """
        return self._book.find(number)

    def label(
        self, run: Run | int, *, name: str | None = None, note: str | None = None, pinned: bool | None = None
    ) -> None:
        """Rename a run, note something on it, pin it; None leaves as it is.

        Raises:
            RunError: If it is no run of this session.
        """
        labelled = self._book.own(run)
        labelled.name = labelled.name if name is None else str(name).strip()
        labelled.note = labelled.note if note is None else str(note)
        labelled.pinned = labelled.pinned if pinned is None else bool(pinned)
        self.events.publish(RunLabelled(labelled.number))

    def delete(self, run: Run | int) -> None:
        """Take a run out of ``runs``; ``undo_delete`` brings it back (the last 20 can be).

        Raises:
            RunError: If it is no run of this session, or still training.
        """
        deleted = self._book.own(run)
        gone = self._book.delete(deleted)
        if gone is not None:
            self._checkpoints.forget(gone.number)
        self.events.publish(RunDeleted(deleted.number))

    def undo_delete(self) -> Run | None:
        """Bring the run that was deleted last back and return it; None when there is none."""
        run = self._book.undo_delete()
        if run is not None:
            self.events.publish(RunRestored(run.number))
        return run
