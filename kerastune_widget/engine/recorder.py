"""Keeps the numbers of one run as its events come in; read from any thread."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np

from ..core.events import (
    EpochEnded,
    Event,
    Probed,
    RunEnded,
    RunPaused,
    RunQueued,
    RunRequested,
    RunResumed,
    RunStarted,
    RunStatus,
    SettingChanged,
    StepsEnded,
)
from ..core.history import Change, History, Leg
from .kept_signals import KeptSignals
from .loop import Numbers

_NO_STEPS: Numbers = np.empty(0)


class Recorder:
    """Grows a History.

    Args:
        hyperparameters: What the run is started with.
        facts: What is known of model and data.
        prefix: For a branch, the history to go on from; None to start with nothing.
    """

    def __init__(
        self, hyperparameters: Mapping[str, Any], facts: Mapping[str, Any], prefix: History | None = None
    ) -> None:
        self._lock = Lock()
        self._hyperparameters, self._facts = hyperparameters, facts
        self._epochs: dict[str, list[float]] = {}
        self._epoch_ends: list[int] = []
        self._steps: dict[str, list[Numbers]] = {}
        self._rates: list[Numbers] = []
        self._changes: list[Change] = []
        self._signals = KeptSignals()
        self._legs: list[Leg] = []
        self._scheduled_epochs: int | None = None
        self._planned = int(hyperparameters.get("epochs", 1))
        self._branch_step = 0
        self.status: RunStatus = "waiting"
        if prefix is not None:
            self._take_over(prefix)

    def _take_over(self, prefix: History) -> None:
        self._epochs = {name: list(values) for name, values in prefix.epochs.items()}
        self._epoch_ends = list(prefix.epoch_ends)
        self._steps = {name: [values] for name, values in prefix.steps.items()}
        self._rates = [prefix.learning_rates]
        self._changes, self._legs = list(prefix.changes), list(prefix.legs)
        self._signals = KeptSignals(prefix.signals)
        self._branch_step = prefix.epoch_ends[-1] if prefix.epoch_ends else 0

    def add(self, event: Event) -> None:
        """Take down an event."""
        with self._lock:
            if isinstance(event, StepsEnded):
                self._add_steps(event)
            elif isinstance(event, EpochEnded):
                self._add_epoch(event)
            elif isinstance(event, Probed):
                self._signals.add(event.epochs, event.signals)
            elif isinstance(event, SettingChanged):
                change = Change(event.step, len(self._epoch_ends), event.name, event.old, event.new)
                self._changes.append(change)
            elif isinstance(event, RunStarted):
                self._planned, self.status = event.epochs, "running"
                self._scheduled_epochs = self._scheduled_epochs or event.epochs
                self._legs.append(Leg(event.first_epoch, self._scheduled_epochs))
            elif isinstance(event, RunRequested | RunQueued):
                self.status = "waiting"
            elif isinstance(event, RunPaused | RunResumed):
                self.status = "paused" if isinstance(event, RunPaused) else "running"
            elif isinstance(event, RunEnded):
                self.status = event.status
                self._end_leg()

    def _add_steps(self, event: StepsEnded) -> None:
        for name, values in event.values.items():
            self._steps.setdefault(name, []).append(values)
        self._rates.append(event.learning_rates)

    def _add_epoch(self, event: EpochEnded) -> None:
        for name in {**self._epochs, **event.logs}:
            series = self._epochs.setdefault(name, [])
            series += [np.nan] * (len(self._epoch_ends) - len(series))
            series.append(float(event.logs.get(name, np.nan)))
        self._epoch_ends.append(event.last_step)

    def _end_leg(self) -> None:
        """A leg that finished with early stopping in force had the weights of its best epoch put back, if asked."""
        restores = self._in_force("early_stopping") is not None and self._in_force("restore_best", True)
        if self._legs and self.status == "finished" and restores:
            self._legs[-1] = self._legs[-1]._replace(restored=True)

    def _in_force(self, name: str, unknown: Any = None) -> Any:
        values = [change.new for change in self._changes if change.name == name]
        return values[-1] if values else self._hyperparameters.get(name, unknown)

    @property
    def epoch_count(self) -> int:
        """Epochs that ended."""
        return len(self._epoch_ends)

    @property
    def changed(self) -> bool:
        """Whether a hyperparameter took a new value in mid-run."""
        return bool(self._changes)

    def last(self, *names: str) -> float | None:
        """Return the last epoch's value of the first of these curves that there is."""
        with self._lock:
            return next((self._epochs[name][-1] for name in names if self._epochs.get(name)), None)

    def history(self) -> History:
        """Return a snapshot."""
        with self._lock:
            return History(
                epochs={name: tuple(values) for name, values in self._epochs.items()},
                steps={name: _joined(parts) for name, parts in self._steps.items()},
                epoch_ends=tuple(self._epoch_ends),
                learning_rates=_joined(self._rates),
                changes=tuple(self._changes),
                hyperparameters=self._hyperparameters,
                status=self.status,
                planned_epochs=self._planned,
                branch_step=self._branch_step,
                facts=self._facts,
                signals=self._signals.after(len(self._epoch_ends)),
                legs=tuple(self._legs),
            )


def _joined(parts: list[Numbers]) -> Numbers:
    """Join the parts, and keep them joined, so that frequent snapshots stay cheap."""
    if len(parts) > 1:
        parts[:] = [np.concatenate(parts)]
        parts[0].flags.writeable = False  # snapshots share it
    return parts[0] if parts else _NO_STEPS
