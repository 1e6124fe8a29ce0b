"""The exports as methods of whatever has runs, and of a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...core.training import RunLike
from . import tables


class SessionExports:
    """Hands out all runs but the deleted ones, in formats that other tools read."""

    @property
    def runs(self) -> Sequence[RunLike]:
        """The runs to hand out."""
        raise NotImplementedError

    def to_csv(self, path: str | os.PathLike[str] | None = None, *, curves: bool = False) -> str | None:
        """Return the runs as CSV, one line a run; or write them to ``path`` and return None.

        Args:
            path: A file, which is replaced.
            curves: Whether to write every number of every curve, one a line, in place of one line a run.
        """
        return tables.to_csv(self.runs, path, curves=curves)

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Return the runs with all their numbers as a JSON array, or write it to ``path`` and return None.

        Args:
            path: A file, which is replaced. What is not finite is null in it.
        """
        return tables.to_json(self.runs, path)

    def to_pandas(self, *, curves: bool = False) -> Any:
        """Return the runs as a ``pandas.DataFrame``, one row a run under its number.

        Args:
            curves: Whether to return every number of every curve, one a row, in place of one row a run.

        Raises:
            KerasTuneError: If pandas is not installed.
        """
        return tables.to_pandas(self.runs, curves=curves)

    def to_tensorboard(self, folder: str | os.PathLike[str], *, steps: bool = True) -> Path:
        """Write the runs for ``tensorboard --logdir folder``, each into a sub-folder (``run-3``); return ``folder``.

        Args:
            folder: Made if need be; runs written there before are replaced.
            steps: Whether to write the numbers of each step as well as those of each epoch.
        """
        from .tensorboard import to_tensorboard

        return to_tensorboard(self.runs, folder, steps=steps)


class RunExports:
    """Hands out one run's numbers, in formats that other tools read."""

    def to_json(self: RunLike, path: str | os.PathLike[str] | None = None) -> str | None:
        """Return the run with all its numbers as a JSON object, or write it to ``path`` and return None.

        Args:
            path: A file, which is replaced. What is not finite is null in it.
        """
        return tables.run_to_json(self, path)

    def to_pandas(self: RunLike, *, steps: bool = False) -> Any:
        """Return the run's numbers as a ``pandas.DataFrame``: a row an epoch and a column a name.

        Args:
            steps: Whether rows are steps.

        Raises:
            KerasTuneError: If pandas is not installed.
        """
        return tables.run_to_pandas(self, steps=steps)
