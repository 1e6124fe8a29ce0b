"""What may be asked of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..audit import AuditCheck
from ..text import Text


class AuditLike(Protocol):
    """Checks of why the model answers differently, one after the other; going on or ended."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def planned(self) -> Sequence[Text]:
        """The titles of all checks that are to be made, in order."""

    @property
    def checks(self) -> Sequence[AuditCheck]:
        """The checks made so far, with their outcomes."""

    @property
    def ended(self) -> bool:
        """Whether no further check will be made."""

    @property
    def error(self) -> Text | None:
        """What went wrong with all of it; None when nothing did."""
