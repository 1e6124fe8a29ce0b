"""What runs ask of the session that made them: their model, their code, where they can be branched from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ..core.data_profile import DataProfile
from ..core.text import Language
from ..errors import RunError
from .checkpoints import CheckpointStore
from .export.code import Script
from .profiles import Profiles
from .run import Run
from .run_book import RunBook
from .runner import Runner


class SessionSource:
    """Answers for one session.

    Args:
        runner: Rebuilds models.
        checkpoints: Tells after which epochs a run can be branched.
        book: Finds the run that a branch comes from.
        profiles: Tells what model and data look like.
    """

    def __init__(self, runner: Runner, checkpoints: CheckpointStore, book: RunBook, profiles: Profiles) -> None:
        self._runner, self._checkpoints, self._book = runner, checkpoints, book
        self._profiles = profiles

    def kept_epochs(self, run: Run) -> tuple[int, ...]:
        """Return after how many epochs a checkpoint is kept, those of the run it comes from included."""
        kept = set(self._checkpoints.epochs(run.number))
        if run.parent is not None:
            with suppress(RunError):  # a parent that is gone for good, or damaged in the log
                parent = self._book.find(run.parent.run)
                kept.update(epoch for epoch in self.kept_epochs(parent) if epoch <= run.parent.epochs)
        return tuple(sorted(kept))

    def data_profile(self, *, wait: bool) -> DataProfile | None:
        """Return what the data look like; without ``wait`` only if that is known already."""
        return self._profiles.data if wait else self._profiles.known_data

    def repeats(self, run: Run) -> list[float]:
        """Return the losses that finished runs which differ in their seed only ended with, that of ``run`` first."""
        return self._book.repeats(run)

    def rebuild(self, run: Run) -> Any:
        """Return the model that the run trained, as an ordinary Keras model."""
        return self._runner.rebuild(run)

    def script(self, run: Run, language: Language) -> Script:
        """Return the run as a plain Keras script, with the arrays that it reads."""
        return self._runner.script(run, language)
