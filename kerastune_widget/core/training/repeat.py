"""What may be asked of repeats, of spreads by source and of cross-validations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..repeat import Band, RepeatRow, RepeatStatistics
from ..spread_by_source import SourceRow
from ..text import Text
from .background import BackgroundLike


class RepeatedLike(BackgroundLike, Protocol):
    """Runs with the same settings that differ by chance, or by their fold, only."""

    @property
    def planned(self) -> int:
        """How many runs there are to be."""

    @property
    def metric(self) -> str:
        """What its table shows, by Keras's name."""

    @property
    def metrics(self) -> Sequence[str]:
        """All that its runs measured, validation first; empty until one has ended."""

    @property
    def rows(self) -> Sequence[RepeatRow]:
        """One for each run that has ended, in the order of seeds or folds."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of those started so far that are among the session's runs; empty for runs on other data."""

    @property
    def notices(self) -> Sequence[Text]:
        """What is worth knowing, such as that a worker died."""

    def statistics(self, metric: str | None = None) -> RepeatStatistics:
        """Return mean, spread and interval of a metric; None for the table's."""

    def band(self, metric: str | None = None) -> Band:
        """Return a metric's mean and spread at each epoch; None for the table's."""


class RepeatLike(RepeatedLike, Protocol):
    """The same settings over several seeds."""

    @property
    def vary(self) -> Sequence[str]:
        """Which sources of chance differ: "weights", "order", "dropout", "split", "subset"."""

    @property
    def seeds(self) -> Sequence[int]:
        """The seed of each run."""


class SpreadLike(BackgroundLike, Protocol):
    """Repeats that vary one source of chance each, the others held fixed."""

    @property
    def sources(self) -> Sequence[str]:
        """Which, in the order they are run."""

    @property
    def count(self) -> int:
        """How many runs there are to be for each source."""

    @property
    def repeats(self) -> Sequence[RepeatLike]:
        """The runs of each source, in that order; those that have not begun are empty."""

    @property
    def metric(self) -> str:
        """What its table shows, by Keras's name."""

    @property
    def rows(self) -> Sequence[SourceRow]:
        """One for each source, in that order; shares are of the runs that have ended."""

    @property
    def notices(self) -> Sequence[Text]:
        """What is worth knowing."""


class CrossValidationLike(RepeatedLike, Protocol):
    """One run for each fold, judged by the rows that it was not trained on."""

    @property
    def folds(self) -> int:
        """How many."""

    @property
    def kind(self) -> str:
        """How rows were dealt out: "plain", "stratified", "grouped" or "time"."""

    @property
    def scores(self) -> Sequence[float]:
        """What each fold came to in the table's metric, in their order; NaN for one without a number."""
