"""Watches when a run is to go on with another optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.hand_over import read_hand_over
from ..core.history import History


class HandingOver:
    """Knows the epochs of one run, those before it was continued or branched included.

    Attributes:
        since: Epochs that had ended when the present value of the control ``hand_over`` was set.
    """

    def __init__(self) -> None:
        self.since = 0
        self._logs: dict[str, list[float]] = {}
        self._epochs = 0

    def know(self, history: History) -> None:
        """Take in what was recorded of the run before it goes on.

        Args:
            history: Its numbers so far.
        """
        self._logs = {name: list(values) for name, values in history.epochs.items()}
        self._epochs = history.epoch_count
        set_in = [change.epoch for change in history.changes if change.name == "hand_over"]
        self.since = set_in[-1] if set_in else 0

    def epoch_ended(self, logs: Mapping[str, float]) -> None:
        """Take in an epoch.

        Args:
            logs: Keras's logs of it.
        """
        for name in {**self._logs, **logs}:
            series = self._logs.setdefault(name, [])
            series += [float("nan")] * (self._epochs - len(series))
            series.append(logs.get(name, float("nan")))
        self._epochs += 1

    def due(self, values: Mapping[str, Any], epochs: int) -> dict[str, Any]:
        """Return the settings that act now, between two epochs; none unless the hand-over happens here.

        Args:
            values: The hyperparameters in force.
            epochs: How many have ended.
        """
        hand_over = read_hand_over(values.get("hand_over"))
        if hand_over is None or not hand_over.is_due(epochs, self._logs, self.since):
            return {}
        rate = {} if hand_over.learning_rate is None else {"learning_rate": hand_over.learning_rate}
        return {"optimizer": hand_over.optimizer, **rate}
