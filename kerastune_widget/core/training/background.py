"""What may be asked of all that a session does in the background."""

from __future__ import annotations

from typing import Protocol

from ..text import Text


class BackgroundLike(Protocol):
    """Something that a session does in the background, going on or ended."""

    @property
    def number(self) -> int:
        """1 for the session's first of its kind."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""

    @property
    def error(self) -> Text | None:
        """What went wrong with all of it; None when nothing did."""
