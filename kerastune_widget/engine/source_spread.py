"""Which source of chance makes runs differ: a repeat for each."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event as Flag

from ..core.repeat import compared_metric
from ..core.spread_by_source import SourceRow, source_rows
from ..core.text import Text
from .repeat import Repeat


class SourceSpread:
    """Repeats that vary one source of chance each, the others held fixed. Made by a ``Session``.

    Safe to read from any thread.

    Args:
        number: 1 for the session's first.
        count: How many runs there are for each source.
        repeats: One for each source.
        metric: What the table shows, by Keras's name; None for the first metric of the validation data, or the loss.

    Example:
        >>> spread = session.spread(5, epochs=20)
        >>> for row in spread.rows:
        ...     print(row.title.en, row.sd, row.share, row.advice.en)
    """

    def __init__(self, number: int, count: int, repeats: Sequence[Repeat], metric: str | None) -> None:
        self._number, self._count, self._repeats, self._asked = number, count, tuple(repeats), metric
        self._over = Flag()

    @property
    def number(self) -> int:
        """1 for the session's first."""
        return self._number

    @property
    def count(self) -> int:
        """How many runs there are to be for each source."""
        return self._count

    @property
    def planned(self) -> int:
        """How many runs there are to be in all."""
        return self._count * len(self._repeats)

    @property
    def sources(self) -> tuple[str, ...]:
        """Which, in the order they are run."""
        return tuple(repeat.vary[0] for repeat in self._repeats)

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """The runs of each source, in that order; those that have not begun are empty."""
        return self._repeats

    @property
    def metric(self) -> str:
        """What its table shows, by Keras's name."""
        return compared_metric(self._asked, [row for repeat in self._repeats for row in repeat.rows])

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """One for each source, in that order; shares are of the runs that have ended."""
        metric = self.metric
        return source_rows({repeat.vary[0]: [row.value(metric) for row in repeat.rows] for repeat in self._repeats})

    @property
    def notices(self) -> tuple[Text, ...]:
        """What is worth knowing, such as that a worker died."""
        return tuple(dict.fromkeys(text for repeat in self._repeats for text in repeat.notices))

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""
        return self._over.is_set() and all(repeat.ended for repeat in self._repeats)

    @property
    def error(self) -> Text | None:
        """What went wrong with all of it; None when nothing did."""
        return next((repeat.error for repeat in self._repeats if repeat.error is not None), None)

    def raise_if_failed(self) -> None:
        """Raise what ended all of it, if anything did.

        Raises:
            RunError: If it failed, or every single run of a source did.
        """
        for repeat in self._repeats:
            repeat.raise_if_failed()

    def _end(self) -> None:
        self._over.set()
        for repeat in self._repeats:
            repeat._end()

    def __repr__(self) -> str:
        shares = (f"{row.source} {row.share:.0%}" for row in self.rows if row.share is not None)
        return f"<SourceSpread {self.number} of {self.metric}: {', '.join(shares) or 'no number yet'}>"
