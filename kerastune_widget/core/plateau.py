"""A plateau of a metric: which epochs were waited for, and when the learning rate was cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .control import readable
from .history import History
from .improvement import is_better
from .schedule import CONSTANT, RunSchedule, Watched, run_schedule
from .spelling import name_of
from .text import Text

PLATEAU = "plateau"
"""The name of the schedule that waits for a metric to improve."""

Action = Literal["best", "waited", "cut", "cooled", "lowest"]

_SENTENCES: dict[Action, Text] = {
    "best": Text(
        en="Epoch {epoch}: {monitor} {value} is a new best.", zh="第 {epoch} 轮：{monitor} 为 {value}，是新的最佳值。"
    ),
    "waited": Text(
        en="Epoch {epoch}: {monitor} {value} is no better than {best}; waited {waited} of {patience}.",
        zh="第 {epoch} 轮：{monitor} 为 {value}，没有优于 {best}；已等待 {waited}/{patience} 轮。",
    ),
    "cut": Text(
        en="Epoch {epoch}: no better than {best}; waited {waited} of {patience}, the rate was cut to {factor} of "
        "the one set.",
        zh="第 {epoch} 轮：连续 {waited} 轮没有优于 {best}；学习率降至设定值的 {factor} 倍。",
    ),
    "cooled": Text(
        en="Epoch {epoch}: {monitor} {value} is no better than {best}; not counted, soon after a cut.",
        zh="第 {epoch} 轮：{monitor} 为 {value}，没有优于 {best}；刚降过学习率，不计入等待。",
    ),
    "lowest": Text(
        en="Epoch {epoch}: no better than {best}; waited {waited} of {patience}, the rate is at its lowest already.",
        zh="第 {epoch} 轮：连续 {waited} 轮没有优于 {best}；学习率已是最低值。",
    ),
}


@dataclass(frozen=True)
class PlateauMark:
    """What the plateau schedule made of one epoch.

    Attributes:
        epoch: Counted from 0.
        action: "best" improved, "waited" did not, "cut" lowered the rate, "cooled" did not count because of a cut,
            "lowest" would have cut but for the lowest share.
        monitor: What was watched, by Keras's name.
        value: Its value; NaN, where it is missing, is no improvement.
        best: The best so far, this epoch included; NaN before there was one.
        waited: Epochs without improvement, this one included; 0 for "best" and "cooled".
        patience: Epochs without improvement that lead to a cut.
        factor: What multiplies the rate from the next epoch on.
    """

    epoch: int
    action: Action
    monitor: str
    value: float
    best: float
    waited: int
    patience: int
    factor: float

    @property
    def sentence(self) -> Text:
        """The same in a sentence; epochs are counted from 1 there."""
        given = {"value": self.value, "best": self.best, "factor": self.factor}
        numbers = {name: readable(float(f"{number:.4g}")) for name, number in given.items()}
        words = {"monitor": self.monitor, "waited": self.waited, "patience": self.patience, **numbers}
        return _SENTENCES[self.action].filled(epoch=self.epoch + 1, **words)


@dataclass
class PlateauWatch:
    """Counts exactly as Keras's ``ReduceLROnPlateau`` does.

    Attributes:
        monitor: What is watched, by Keras's name.
        cut: What multiplies the rate at each cut, above 0 and below 1.
        patience: Epochs without improvement that lead to a cut.
        min_delta: What is watched counts as improved when it is better than the best by more than this.
        cooldown: Epochs after a cut in which waiting does not count.
        lowest: The factor never falls below it.
    """

    monitor: str
    cut: float
    patience: int
    min_delta: float
    cooldown: int
    lowest: float

    _best: float | None = None
    _waited: int = 0
    _cooling: int = 0
    _factor: float = 1.0

    def marks(self, values: Sequence[float]) -> Iterator[PlateauMark]:
        """Yield what it makes of each epoch.

        Args:
            values: What is watched, one an epoch; NaN where it is missing.
        """
        for epoch, value in enumerate(values):
            action, waited = self._take(value)
            best = np.nan if self._best is None else self._best
            yield PlateauMark(epoch, action, self.monitor, value, best, waited, self.patience, self._factor)

    def _take(self, value: float) -> tuple[Action, int]:
        if self._cooling:
            self._cooling -= 1
            self._waited = 0
        if self._improves(value):
            self._best, self._waited = value, 0
            return "best", 0
        if self._cooling:
            return "cooled", 0
        self._waited += 1
        return self._lose_patience() if self._waited >= self.patience else ("waited", self._waited)

    def _improves(self, value: float) -> bool:
        return not np.isnan(value) and is_better(self.monitor, value, self._best, self.min_delta)

    def _lose_patience(self) -> tuple[Action, int]:
        waited = self._waited
        if self._factor <= self.lowest:
            return "lowest", waited
        self._factor = max(self._factor * self.cut, self.lowest)
        self._cooling, self._waited = self.cooldown, 0
        return "cut", waited


def plateau_marks(history: History) -> tuple[PlateauMark, ...]:
    """Return what the plateau schedule made of each epoch; empty when it is not in force at the end of the history."""
    value = in_force(history)[0]
    if name_of(value) != PLATEAU:
        return ()
    watched = watched_epochs(history, run_schedule(value, 1))
    return tuple(mark for mark in watched if isinstance(mark, PlateauMark))


def watched_epochs(history: History, schedule: RunSchedule) -> list[Watched]:
    """Return what a schedule that watches makes of the epochs since it came into force.

    Nothing is remembered from one call to the next, so that a run continued or branched goes on exactly.
    """
    first = in_force(history)[1]
    watched = schedule.watched({name: list(values[first:]) for name, values in history.epochs.items()})
    return [replace(mark, epoch=mark.epoch + first) if isinstance(mark, PlateauMark) else mark for mark in watched]


def in_force(history: History) -> tuple[str, int]:
    """Return the schedule in force at the end of a history, and the epoch since when, counted from 0."""
    changes = [change for change in history.changes if change.name == "schedule"]
    if changes:
        return changes[-1].new, changes[-1].epoch
    return history.hyperparameters.get("schedule", CONSTANT), 0
