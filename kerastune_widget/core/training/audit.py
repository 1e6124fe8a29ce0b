"""What may be asked of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..audit import AuditCheck
from ..text import Text
from .background import BackgroundLike


class AuditLike(BackgroundLike, Protocol):
    """Checks of why the model answers differently, one after the other; going on or ended."""

    @property
    def planned(self) -> Sequence[Text]:
        """The titles of all checks that are to be made, in order."""

    @property
    def checks(self) -> Sequence[AuditCheck]:
        """The checks made so far, with their outcomes."""
