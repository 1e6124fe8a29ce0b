"""What may be asked of the proof of a fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ..diagnosis import Fix
from ..proof import ProofResult


class ProofLike(Protocol):
    """Pairs of runs without and with a fix, from equal starts over equal batches."""

    @property
    def number(self) -> int:
        """1 for the session's first proof."""

    @property
    def fix(self) -> Fix:
        """What is put to the test."""

    @property
    def run(self) -> int | None:
        """Number of the run whose settings it starts from; None for the settings of the session."""

    @property
    def before(self) -> Any:
        """The value of the fix's control without it."""

    @property
    def pairs(self) -> int:
        """How many pairs there are to be."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of the runs started so far: without the fix, with it, and so on."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""

    @property
    def result(self) -> ProofResult | None:
        """What it came to; None while it goes on."""
