"""Ends a run whose watched metric has stopped improving, and keeps the weights of its best epoch (Prechelt, 1998)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.improvement import is_better, monitored
from .template import Weights


@dataclass(frozen=True)
class Watch:
    """What early stopping looks at.

    Attributes:
        monitor: Name of the metric; None for the validation loss, or the training loss where there is none.
        min_delta: Least change of it that counts as an improvement.
        restores: Whether the weights of the best epoch are put back.
    """

    monitor: str | None = None
    min_delta: float = 0.0
    restores: bool = True

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Watch:
        """Return what hyperparameters say; a log from before there was a choice lacks some."""
        usual = cls()
        return cls(
            values.get("monitor", usual.monitor),
            values.get("min_delta", usual.min_delta),
            values.get("restore_best", usual.restores),
        )


class EarlyStopping:
    """Watches the epochs of one run, exactly as Keras's ``EarlyStopping`` does."""

    best_weights: Weights | None = None
    """Those of the best epoch watched; None when none was, or they are not to be put back."""

    _watch = Watch()
    _best: float | None = None
    _wait = 0

    def is_over(
        self,
        patience: int | None,
        logs: Mapping[str, float],
        epoch: int,
        read: Callable[[], Weights],
        watch: Watch = _watch,
    ) -> bool:
        """Take in an epoch that ended; return whether the run is to end with it.

        Args:
            patience: Epochs without improvement to wait for; None does not watch, and forgets.
            logs: Keras's logs of the epoch.
            epoch: Counted from 0.
            read: Returns the weights as they are now.
            watch: What to look at; another than before makes it begin anew.
        """
        name = monitored(logs, watch.monitor)
        if patience is None or name is None or watch != self._watch:
            self._watch, self._best, self._wait, self.best_weights = watch, None, 0, None
        if patience is None or name is None:
            return False
        self._wait += 1
        if is_better(name, logs[name], self._best, watch.min_delta):
            self._best, self._wait = logs[name], 0
            self.best_weights = read() if watch.restores else None
            return False
        return self._wait >= patience and epoch > 0
