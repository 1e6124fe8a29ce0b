"""What may be asked of a measurement of strict mode."""

from __future__ import annotations

from typing import Protocol

from ..strict_cost import StrictCost
from ..text import Text


class StrictCostLike(Protocol):
    """A measurement of what strict mode costs, going on or ended."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def result(self) -> StrictCost | None:
        """The times; None until it ended, and when it was stopped or failed."""

    @property
    def ended(self) -> bool:
        """Whether it is over."""

    @property
    def error(self) -> Text | None:
        """What went wrong; None when nothing did."""
