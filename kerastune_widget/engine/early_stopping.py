"""Ends a run whose loss has stopped falling, and keeps the weights of its best epoch (Prechelt, 1998)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .template import Weights

MONITORED = ("val_loss", "loss")
"""What is watched: the first of these that an epoch has."""


class EarlyStopping:
    """Watches the epochs of one run, exactly as Keras's ``EarlyStopping(restore_best_weights=True)`` does."""

    best_weights: Weights | None = None
    """Those of the best epoch watched; None when none was."""

    _best: float | None = None
    _wait = 0

    def is_over(self, patience: int | None, logs: Mapping[str, float], epoch: int, read: Callable[[], Weights]) -> bool:
        """Take in an epoch that ended; return whether the run is to end with it.

        Args:
            patience: Epochs without improvement to wait for; None does not watch, and forgets.
            logs: Keras's logs of the epoch.
            epoch: Counted from 0.
            read: Returns the weights as they are now.
        """
        current = next((logs[name] for name in MONITORED if name in logs), None)
        if patience is None or current is None:
            self._best, self._wait, self.best_weights = None, 0, None
            return False
        self._wait += 1
        if self._best is None or current < self._best:
            self._best, self._wait, self.best_weights = current, 0, read()
            return False
        return self._wait >= patience and epoch > 0
