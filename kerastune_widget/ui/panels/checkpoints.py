"""The checkpoints: how much memory and disk they take, and how much memory they may."""

from __future__ import annotations

from time import monotonic

import ipywidgets

from ...core.events import EpochEnded, RunDeleted, RunEnded
from ...core.text import Text
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._fold import Fold

PERIOD = 1.0
"""Seconds between two readings while training."""

MEGABYTE = 2**20
_MOST = 1_000_000  # MB

_MORE = Text(en="Checkpoints", zh="检查点")
_MEMORY = Text(en="Checkpoints take {memory} in memory of", zh="检查点占用内存 {memory}，上限")
_DISK = Text(en="MB · {disk} on disk", zh="MB · 占用磁盘 {disk}")
_BUDGET = Text(
    en="Most megabytes of memory for checkpoints, one an epoch; what is beyond goes to disk",
    zh="检查点最多占用的内存（MB），每轮一个；超出部分写入磁盘",
)


class CheckpointsPanel(Panel):
    """One folded line.

    Attributes:
        budget: Most megabytes in memory.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._read, self._behind = 0.0, False
        self._memory, self._disk = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self.budget = make(ipywidgets.BoundedFloatText, value=self._megabytes(), min=0, max=_MOST, step=16)
        context.on_change(self.budget, self._set)
        self._fold = Fold(
            context, _MORE, [box([self._memory, self.budget, self._disk], "checkpoints", horizontal=True)]
        )
        self.widget = self._fold.widget
        self.translate()

    def translate(self) -> None:
        """Write everything anew."""
        self._fold.translate()
        self.budget.description = self.budget.tooltip = self.context.say(_BUDGET)
        self._write()

    def update(self, batch: Batch) -> bool:
        """Read the sizes now and then."""
        kinds = EpochEnded | RunEnded | RunDeleted
        self._behind = self._behind or any(isinstance(event, kinds) for event in batch.events)
        if self._behind and (batch.final or monotonic() - self._read > PERIOD):
            self._write()
        return self._behind

    def _write(self) -> None:
        self._read, self._behind = monotonic(), False
        show_if(self.widget, self.context.session.can_train and bool(self.context.session.runs))
        checkpoints = self.context.session.checkpoints
        self._memory.value = self.context.say(_MEMORY, memory=size(checkpoints.memory_bytes))
        self._disk.value = self.context.say(_DISK, disk=size(checkpoints.disk_bytes))
        if self.budget.value != self._megabytes():
            self.budget.value = self._megabytes()

    def _megabytes(self) -> float:
        return round(self.context.session.checkpoints.budget / MEGABYTE, 1)

    def _set(self, megabytes: float) -> None:
        if megabytes != self._megabytes():
            self.context.session.checkpoints.budget = int(megabytes * MEGABYTE)
            self._write()


def size(count: int) -> str:
    """Return a number of bytes as a person reads it, in MB."""
    megabytes = count / MEGABYTE
    return f"{megabytes:.1f} MB" if 0 < megabytes < 10 else f"{megabytes:.0f} MB"
