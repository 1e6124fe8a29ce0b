"""What may be asked of an optimizer race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..race import RaceRow
from ..text import Text


class RaceLike(Protocol):
    """Runs of several optimizers from the same start over the same batches."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def optimizers(self) -> Sequence[str]:
        """Those that take part, as the control calls them, in the order they are run."""

    @property
    def tuned(self) -> bool:
        """Whether each runs at a rate of its own, from its range test; else all at a common one."""

    @property
    def rates(self) -> Mapping[str, float]:
        """The rate of each optimizer, as far as known yet."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of the runs started so far: those of ``optimizers`` in their order, then those at other rates."""

    @property
    def planned(self) -> int:
        """How many runs there are to be."""

    @property
    def rows(self) -> Sequence[RaceRow]:
        """The table, in the order of ``optimizers``; of those whose run has ended."""

    @property
    def testing(self) -> bool:
        """Whether its range tests are still going on."""

    @property
    def notices(self) -> Sequence[Text]:
        """What is worth knowing, such as an optimizer whose range test has no clear valley."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""
