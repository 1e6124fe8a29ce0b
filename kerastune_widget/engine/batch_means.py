"""From Keras's running means over an epoch back to the values of its batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .loop import Numbers


class BatchMeans:
    """Collects the logs of an epoch's batches; all batches count alike, so a short last one is a little off."""

    def __init__(self) -> None:
        self._losses: list[float] = []
        self.count = 0

    def begin(self) -> None:
        """An epoch begins."""
        self._losses, self.count = [], 0

    def add(self, batch: int, logs: Mapping[str, Any] | None) -> None:
        """Take down the running mean after a batch, counted from 0."""
        self._losses.append(float((logs or {}).get("loss", np.nan)))
        self.count = batch + 1

    def values(self) -> dict[str, Numbers]:
        """Return the loss of each batch; nothing when Keras did not tell one for every batch."""
        means = np.array(self._losses, dtype=np.float64)
        if len(means) != self.count or not len(means):
            return {}
        sums = means * np.arange(1, len(means) + 1)
        return {"loss": np.diff(sums, prepend=0.0)}
