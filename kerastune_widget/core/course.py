"""The settings of a run over its whole course: at its start, at a branching, and every change after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .history import Change, History
from .training import RunLike


@dataclass(frozen=True)
class Course:
    """A run with its numbers taken once, so that all that is said about it fits together.

    Attributes:
        run: The run.
        record: Its numbers.
        start: Settings in force at the first step of its history.
    """

    run: RunLike
    record: History
    start: Mapping[str, Any]

    def settings_at(self, step: int) -> dict[str, Any]:
        """Return the settings that step ``step`` was taken with."""
        changes = [change for change in self.record.changes if change.step <= step]
        return {**self.start, **{change.name: change.new for change in changes}}

    def changes_after(self, step: int) -> list[Change]:
        """Return the changes that came later than step ``step``, in order."""
        return [change for change in self.record.changes if change.step > step]

    def step_after(self, epochs: int) -> int:
        """Return the steps taken once ``epochs`` epochs had ended."""
        ends = self.record.epoch_ends
        return int(ends[min(epochs, len(ends)) - 1]) if epochs and len(ends) else 0

    @property
    def own_settings(self) -> dict[str, Any]:
        """Settings in force at the first step that was its own: a branch's begins at the branching."""
        return self.settings_at(self.record.branch_step)


def follow(run: RunLike) -> Course:
    """Take a run's numbers and find out what its history began with.

    What a branch was started with was in force at the branching; its parent's changes before it are undone.
    """
    record = run.record()
    start = dict(run.hyperparameters)
    if record.branch_step:
        for change in reversed([change for change in record.changes if change.step <= record.branch_step]):
            start[change.name] = change.old
    return Course(run, record, start)


def shared_epochs(first: Course, second: Course, runs: Sequence[RunLike] = ()) -> int:
    """Return how many epochs two runs have in common because one was branched from the other, or both from a third.

    Args:
        first: A run.
        second: Another run.
        runs: Where to look up the runs that they were branched from.
    """
    known = {run.number: run for run in (*runs, first.run, second.run)}
    ours, theirs = _ancestry(first.run, known), _ancestry(second.run, known)
    shared = max((min(ours[number], theirs[number]) for number in ours.keys() & theirs.keys()), default=0)
    epochs = int(min(shared, len(first.record.epoch_ends), len(second.record.epoch_ends)))
    return epochs if _share_numbers(first.record, second.record, first.step_after(epochs)) else 0


def _ancestry(run: RunLike, known: Mapping[int, RunLike]) -> dict[int, float]:
    """Return how many epochs were taken over from each run on the way to the root, by number; all from itself."""
    shared: dict[int, float] = {run.number: float("inf")}
    reach, parent = float("inf"), run.parent
    while parent is not None and parent.run not in shared:
        reach = min(reach, parent.epochs)
        shared[parent.run] = reach
        ancestor = known.get(parent.run)
        parent = ancestor.parent if ancestor else None
    return shared


def _share_numbers(first: History, second: History, steps: int) -> bool:
    """Return whether both took the same steps: run numbers alone may be those of two sessions."""
    names = first.steps.keys() & second.steps.keys()
    return all(np.array_equal(first.steps[name][:steps], second.steps[name][:steps], equal_nan=True) for name in names)
