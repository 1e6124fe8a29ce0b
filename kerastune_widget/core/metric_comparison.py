"""How the metrics of two runs differ, at the same number of epochs, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .course import Course
from .metric_direction import best_epoch, better, epoch_values, metric_order
from .plots._words import value_title
from .seeds import SEEDS, seeds_of
from .setting_difference import NOT_KNOBS
from .spread import Spread, measure_spread
from .text import Text


@dataclass(frozen=True)
class Difference:
    """One metric of two runs.

    Attributes:
        first: Its value in the first run; NaN when it was not taken.
        second: Its value in the second run.
        first_epoch: After how many epochs.
        second_epoch: Likewise in the second run.
        winner: "first" or "second"; None when they are equal or the metric's name does not tell which way is better.
    """

    first: float
    second: float
    first_epoch: int
    second_epoch: int
    winner: Literal["first", "second"] | None

    @property
    def change(self) -> float:
        """Second less first."""
        return self.second - self.first


@dataclass(frozen=True)
class MetricComparison:
    """How one metric differs.

    Attributes:
        name: By Keras's name.
        title: How it is called.
        last: After the last epoch that both runs have.
        best: Over the epochs that both runs have; None when its name does not tell which way is better.
        spread: Of ``last`` over runs that differ in their seed only; each group has at least the run itself.
    """

    name: str
    title: Text
    last: Difference
    best: Difference | None
    spread: Spread


def compare_metrics(
    first: Course, second: Course, epochs: int, others: Sequence[Course] = ()
) -> list[MetricComparison]:
    """Return the differences of the metrics that both runs have, validation first.

    Args:
        first: A run.
        second: Another run.
        epochs: How many of their epochs to look at, 1 or more.
        others: Runs among which repetitions of the two may be.
    """
    names = [name for name in first.record.epochs if name in second.record.epochs]
    groups = [[one, *repetitions(one, others, epochs)] for one in (first, second)]
    return [_compare(name, first, second, epochs, groups) for name in metric_order(names)]


def repetitions(one: Course, others: Sequence[Course], epochs: int) -> list[Course]:
    """Return the runs that do what ``one`` does, each with another seed, and got as far as ``epochs``."""
    found = [one]
    for other in others:
        if other.run.number == one.run.number or other.record.epoch_count < epochs or not _same_but_seed(one, other):
            continue
        if all(_is_drawn_anew(other, before) for before in found):
            found.append(other)
    return found[1:]


def _is_drawn_anew(one: Course, other: Course) -> bool:
    """Whether chance decided all anew: runs that share one source of it lie too close to tell how far they may lie."""
    (ours, start), (theirs, other_start) = _chance(one), _chance(other)
    if ours is None or theirs is None or ours == theirs:
        return bool((ours, start) != (theirs, other_start))
    return all(own != its for own, its in zip(ours, theirs, strict=True))


def _chance(one: Course) -> Any:
    """Return all that chance decided: two runs of the same seeds and one start are one run trained twice."""
    settings = one.own_settings
    return seeds_of(settings) if "seed" in settings else None, one.run.start_id


def _same_but_seed(one: Course, other: Course) -> bool:
    return one.run.data_id == other.run.data_id and bool(_told(one) == _told(other))


def _told(one: Course) -> Any:
    settings = {name: value for name, value in one.start.items() if name not in NOT_KNOBS}
    changes = [(change.step, change.name, change.new) for change in one.record.changes if change.name not in SEEDS]
    return settings, changes


def _compare(
    name: str, first: Course, second: Course, epochs: int, groups: Sequence[Sequence[Course]]
) -> MetricComparison:
    ours, theirs = (epoch_values(one.record, name)[:epochs] for one in (first, second))
    last = _difference(name, float(ours[-1]), float(theirs[-1]), epochs, epochs)
    places = best_epoch(name, ours), best_epoch(name, theirs)
    best = None
    if places[0] is not None and places[1] is not None:
        best = _difference(name, float(ours[places[0]]), float(theirs[places[1]]), places[0] + 1, places[1] + 1)
    taken = [
        [(one.run.number, float(value)) for one in group if np.isfinite(value := _value_at(one, name, epochs))]
        for group in groups
    ]
    return MetricComparison(name, value_title(name), last, best, _spread(taken))


def _value_at(one: Course, name: str, epochs: int) -> float:
    values = epoch_values(one.record, name)
    return float(values[epochs - 1]) if len(values) >= epochs else float("nan")


def _spread(taken: Sequence[Sequence[tuple[int, float]]]) -> Spread:
    if not all(taken):
        return Spread((), (), float("nan"), float("nan"))
    return measure_spread(*taken)


def _difference(name: str, first: float, second: float, first_epoch: int, second_epoch: int) -> Difference:
    winner = better(name, first, second)
    word: Literal["first", "second"] | None = None if winner is None else "second" if winner else "first"
    return Difference(first, second, first_epoch, second_epoch, word)
