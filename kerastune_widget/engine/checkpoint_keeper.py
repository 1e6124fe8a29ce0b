"""Keeps a checkpoint after each epoch, or, where that would slow a run down, after some of them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from .checkpoints import Checkpoint, CheckpointStore

_CHEAP = 0.01  # seconds; less is not worth counting
_SHARE = 0.05  # of a run's time


class CheckpointKeeper:
    """Decides after each epoch of one run whether its checkpoint is worth its time.

    One that takes 10 ms (a model of about a million weights) is always kept; a larger one when at least 20 times its cost,
    writing to disk included, has passed since the last. The last epoch's always is.

    Args:
        store: Where checkpoints go.
        prepare: Makes ready what is made once, so that it does not count.
    """

    def __init__(self, store: CheckpointStore, prepare: Callable[[], object]) -> None:
        self._store, self._prepare = store, prepare
        self._cost = math.inf
        self._kept_at = time.perf_counter()

    def keep(self, run: int, take: Callable[[], Checkpoint], *, last: bool) -> None:
        """Keep a checkpoint unless it costs too much.

        Args:
            run: Number of the run.
            take: Takes the checkpoint.
            last: Whether this is the run's last epoch.
        """
        began = time.perf_counter()
        if not last and _CHEAP < self._cost < math.inf and (began - self._kept_at) * _SHARE < self._cost:
            return
        self._prepare()
        began = time.perf_counter()
        checkpoint = take()
        self._store.keep(run, checkpoint)
        self._kept_at = time.perf_counter()
        cost = self._kept_at - began + self._store.write_seconds
        self._cost = min(self._cost, cost)  # a machine busy with something else is no reason to keep fewer
