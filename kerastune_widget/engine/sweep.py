"""Sweep: several values of one control, run one after the other from the same start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any

from .run import Run


@dataclass
class Sweep:
    """One sweep, going on or ended. Made by a ``Session``.

    Attributes:
        number: 1 for the session's first sweep.
        name: Which control.
        values: Its values, in the order they are run.
        started: The runs started so far, in that order.
    """

    number: int
    name: str
    values: Sequence[Any]
    started: list[Run] = field(default_factory=list)
    _ended: Flag = field(default_factory=Flag, repr=False)

    @property
    def runs(self) -> tuple[int, ...]:
        """Numbers of the runs started so far."""
        return tuple(run.number for run in self.started)

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""
        return self._ended.is_set()

    def end(self) -> None:
        """Say that no further run will come."""
        self._ended.set()
