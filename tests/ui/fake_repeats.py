"""Repeats, spreads and cross-validations that train nothing: a test says what each run came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kerastune_widget.core.events import EventBus, RepeatEnded, RepeatMoved, RepeatStarted
from kerastune_widget.core.repeat import (
    GOVERNED,
    Band,
    RepeatRow,
    RepeatStatistics,
    band,
    compared_metric,
    statistics_of,
)
from kerastune_widget.core.spread_by_source import SourceRow, source_rows
from kerastune_widget.core.text import Text


@dataclass
class FakeRepeat:
    number: int
    planned: int
    rows: list[RepeatRow] = field(default_factory=list)
    vary: Sequence[str] = GOVERNED
    notices: list[Text] = field(default_factory=list)
    ended: bool = False
    error: Text | None = None
    kind: str = "plain"

    @property
    def metric(self) -> str:
        return compared_metric(None, self.rows)

    @property
    def metrics(self) -> list[str]:
        return list(dict.fromkeys(name for row in self.rows for name in row.epochs))

    @property
    def runs(self) -> list[int]:
        return []

    @property
    def seeds(self) -> list[int]:
        return list(range(self.planned))

    @property
    def folds(self) -> int:
        return self.planned

    @property
    def scores(self) -> list[float]:
        return [row.value(self.metric) for row in self.rows]

    def statistics(self, metric: str | None = None) -> RepeatStatistics:
        return statistics_of(metric or self.metric, self.rows)

    def band(self, metric: str | None = None) -> Band:
        return band([row.epochs for row in self.rows], metric or self.metric)


@dataclass
class FakeSpread:
    number: int
    sources: list[str]
    count: int
    repeats: list[FakeRepeat]
    notices: list[Text] = field(default_factory=list)
    ended: bool = False
    error: Text | None = None
    metric: str = "val_accuracy"

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        known = zip(self.sources, self.repeats, strict=True)
        return source_rows({name: [row.value(self.metric) for row in one.rows] for name, one in known})


class FakeRepeats:
    """What a session offers of them; each call is noted, and nothing happens until a test says so."""

    events: EventBus
    calls: list[Any]

    def no_repeats(self) -> None:
        self.repeats: list[FakeRepeat] = []
        self.spreads: list[FakeSpread] = []
        self.cross_validations: list[FakeRepeat] = []
        self.floors: dict[str, float] = {}

    @property
    def repeating(self) -> bool:
        return any(not one.ended for one in (*self.repeats, *self.spreads, *self.cross_validations))

    def start_repeat(self, count: int = 5, **options: Any) -> FakeRepeat:
        self.calls.append(("start_repeat", count, options))
        self.repeats.append(FakeRepeat(len(self.repeats) + 1, count))
        self.events.publish(RepeatStarted(0, "repeat", self.repeats[-1].number))
        return self.repeats[-1]

    def start_spread(self, count: int = 5, sources: Sequence[str] | None = None, **options: Any) -> FakeSpread:
        names = list(sources or GOVERNED)
        self.calls.append(("start_spread", count, names, options))
        each = [FakeRepeat(place, count, vary=[name]) for place, name in enumerate(names)]
        self.spreads.append(FakeSpread(len(self.spreads) + 1, names, count, each))
        self.events.publish(RepeatStarted(0, "spread", self.spreads[-1].number))
        return self.spreads[-1]

    def start_cross_validation(self, folds: int = 5, **options: Any) -> FakeRepeat:
        self.calls.append(("start_cross_validation", folds, options))
        self.cross_validations.append(FakeRepeat(len(self.cross_validations) + 1, folds))
        self.events.publish(RepeatStarted(0, "folds", self.cross_validations[-1].number))
        return self.cross_validations[-1]

    def noise_floor(self, metric: str, *, best: bool = False) -> float | None:
        return self.floors.get(metric)

    def repeated(self, one: FakeRepeat, kind: Literal["repeat", "spread", "folds"], *rows: RepeatRow) -> None:
        """Let runs of a repeat end."""
        one.rows.extend(rows)
        self.events.publish(RepeatMoved(0, kind, one.number))

    def repeats_end(self, one: FakeRepeat | FakeSpread, kind: Literal["repeat", "spread", "folds"]) -> None:
        """Let a repeat, a spread or a cross-validation end."""
        one.ended = True
        self.events.publish(RepeatEnded(0, kind, one.number))
