"""What may be asked of a measurement of strict mode."""

from __future__ import annotations

from typing import Protocol

from ..strict_cost import StrictCost
from .background import BackgroundLike


class StrictCostLike(BackgroundLike, Protocol):
    """A measurement of what strict mode costs, going on or ended."""

    @property
    def result(self) -> StrictCost | None:
        """The times; None until it ended, and when it was stopped or failed."""
