"""Keeps a checkpoint after each epoch, or, where that would slow a run down, after some of them."""

from __future__ import annotations

import time
from collections.abc import Callable

from .checkpoints import Checkpoint, CheckpointStore

_CHEAP = 0.01  # seconds; less is not worth counting
_SHARE = 0.05  # of a run's time
_SAMPLES = 2  # before one is called expensive


class CheckpointKeeper:
    """Decides after each epoch of one run whether its checkpoint is worth its time.

    One that takes 10 ms (a model of about a million weights) is always kept; a larger one when 20 times its cost,
    writing to disk included, has passed since the last. The last epoch's always is.

    Args:
        store: Where checkpoints go.
        prepare: Makes ready what is made once, so that it does not count.
    """

    def __init__(self, store: CheckpointStore, prepare: Callable[[], object]) -> None:
        self._store, self._prepare = store, prepare
        self._costs: list[float] = []
        self._kept_at = time.perf_counter()

    def keep(self, run: int, take: Callable[[], Checkpoint], *, last: bool) -> None:
        """Keep a checkpoint unless it costs too much.

        Args:
            run: Number of the run.
            take: Takes the checkpoint.
            last: Whether this is the run's last epoch.
        """
        began = time.perf_counter()
        if not last and self._too_soon(began):
            return
        self._prepare()
        began = time.perf_counter()
        checkpoint = take()
        self._store.keep(run, checkpoint)
        self._kept_at = time.perf_counter()
        self._costs.append(self._kept_at - began + self._store.write_seconds)

    def _too_soon(self, now: float) -> bool:
        if len(self._costs) < _SAMPLES:
            return False
        cost = min(self._costs)  # a machine busy with something else is no reason to keep fewer
        return cost > _CHEAP and (now - self._kept_at) * _SHARE < cost
