"""What may be asked of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class SweepLike(Protocol):
    """Several values of one control, run one after the other from the same start."""

    @property
    def number(self) -> int:
        """1 for the session's first sweep."""

    @property
    def name(self) -> str:
        """Which control."""

    @property
    def values(self) -> Sequence[Any]:
        """Its values, in the order they are run."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of the runs started so far, in the order of ``values``."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""
