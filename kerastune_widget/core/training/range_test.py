"""What may be asked of a range test of the learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..range_test import RangeCurve, RangeResult
from .background import BackgroundLike


class RangeTestLike(BackgroundLike, Protocol):
    """Range tests of the learning rate, one after the other; going on or ended."""

    @property
    def planned(self) -> int:
        """How many curves there are to be: repeats for each optimizer and batch size."""

    @property
    def range(self) -> tuple[float, float]:
        """The rate that each curve begins with, and the one it rises to unless it diverges before."""

    @property
    def curves(self) -> Sequence[RangeCurve]:
        """The curves so far; the last one may still grow."""

    @property
    def results(self) -> Sequence[RangeResult]:
        """What came of it, for each optimizer and batch size whose repeats have ended."""
