"""Checkpoints: how each run stood after each epoch, in memory up to a budget and beyond it on disk."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

from ..errors import KerasTuneError, RunError
from .memory import memory_limit
from .state_file import load_state, save_state
from .tunable import ModelState

logger = logging.getLogger(__name__)

MEMORY_BUDGET = 128 << 20
"""Bytes that checkpoints may take in memory by default, or a quarter of what data may take if that is less."""

DISK_BUDGET = 1 << 30
"""Bytes that they may take on disk; beyond it the oldest are let go."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything needed to go on training exactly from here.

    Attributes:
        state: What training moves.
        values: The hyperparameters in force.
        epoch: Epochs that ended.
        step: Steps taken.
        step_in_epoch: Steps taken since the last epoch ended.
    """

    state: ModelState
    values: Mapping[str, Any]
    epoch: int
    step: int
    step_in_epoch: int = 0


@dataclass
class _Kept:
    """One checkpoint: its state in memory, or in a file, or (while it is written) both; or lent by the run log."""

    checkpoint: Checkpoint | None
    shell: Checkpoint
    nbytes: int
    path: Path | None = None
    writing: Future[None] | None = None
    load: Callable[[], Checkpoint] | None = None


class CheckpointStore:
    """Keeps checkpoints by run and epoch. Any thread may call it.

    Args:
        budget: Most bytes to hold in memory; None for the default.
        disk_budget: Most bytes to hold on disk.

    Attributes:
        write_seconds: How long the last checkpoint took to write to disk; 0 while all fit in memory.
    """

    def __init__(self, budget: int | None = None, disk_budget: int = DISK_BUDGET) -> None:
        self._lock = RLock()
        self._kept: dict[tuple[int, int], _Kept] = {}
        self._budget = min(MEMORY_BUDGET, memory_limit() // 4)
        self._disk_budget = disk_budget
        self._folder: Path | None = None
        self._writer: ThreadPoolExecutor | None = None
        self.write_seconds = 0.0
        if budget is not None:
            self.budget = budget

    @property
    def budget(self) -> int:
        """Most bytes to hold in memory; lowering it moves what is too much to disk."""
        return self._budget

    @budget.setter
    def budget(self, budget: int) -> None:
        if isinstance(budget, bool) or not isinstance(budget, int) or budget < 0:
            raise KerasTuneError(f"The budget must be a whole number of bytes, 0 or more; received {budget!r}.")
        self._budget = budget
        self._spill()

    @property
    def memory_bytes(self) -> int:
        """Bytes held in memory."""
        with self._lock:
            return sum(kept.nbytes for kept in self._kept.values() if kept.checkpoint is not None)

    @property
    def disk_bytes(self) -> int:
        """Bytes held on disk."""
        with self._lock:
            return sum(kept.nbytes for kept in self._kept.values() if kept.path is not None)

    def keep(self, run: int, checkpoint: Checkpoint) -> None:
        """Keep how ``run`` stands after ``checkpoint.epoch`` epochs; one kept for that epoch before is replaced."""
        shell = replace(checkpoint, state=_EMPTY)
        with self._lock:
            self._drop((run, checkpoint.epoch))
            self._kept[run, checkpoint.epoch] = _Kept(checkpoint, shell, checkpoint.state.nbytes)
        self._spill()

    def lend(self, run: int, epoch: int, load: Callable[[], Checkpoint]) -> None:
        """Know of a checkpoint that lies elsewhere, takes no room here and is read when it is asked for."""
        with self._lock:
            self._kept[run, epoch] = _Kept(None, Checkpoint(_EMPTY, {}, epoch, 0), 0, load=load)

    def epochs(self, run: int) -> list[int]:
        """Return after how many epochs of ``run`` a checkpoint is kept, ascending."""
        with self._lock:
            return sorted(epoch for number, epoch in self._kept if number == run)

    def get(self, run: int, epoch: int) -> Checkpoint:
        """Return how ``run`` stood after ``epoch`` epochs.

        Raises:
            RunError: If that is not kept, or its file cannot be read any more.
        """
        with self._lock:
            kept = self._kept.get((run, epoch))
            if kept is None:
                raise RunError(f"No checkpoint of run {run} after epoch {epoch} is kept; kept are {self.epochs(run)}.")
            if kept.checkpoint is not None:
                return kept.checkpoint
            if kept.load is not None:
                return kept.load()
            assert kept.path is not None
            return replace(kept.shell, state=load_state(kept.path))

    def forget(self, run: int) -> None:
        """Let go of all checkpoints of ``run``."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == run]:
                self._drop(key)

    def close(self) -> None:
        """Let go of everything, files included."""
        with self._lock:
            self._kept.clear()
            writer, folder, self._writer, self._folder = self._writer, self._folder, None, None
        if writer is not None and folder is not None:
            writer.shutdown(wait=True, cancel_futures=True)
            shutil.rmtree(folder, ignore_errors=True)

    def _drop(self, key: tuple[int, int]) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None and kept.path is not None:
            kept.path.unlink(missing_ok=True)

    def _spill(self) -> None:
        """Move the oldest to disk until the budget is kept; wait when the disk cannot follow."""
        with self._lock:
            held = self.memory_bytes
            gone: list[tuple[int, int]] = []
            for key, kept in self._kept.items():
                if held <= self._budget:
                    break
                if kept.checkpoint is not None:
                    held -= kept.nbytes
                    kept.writing = kept.writing or self._write_later(key, kept)
                    if kept.writing is None:
                        gone.append(key)
            for key in gone:
                del self._kept[key]
            waiting = [kept.writing for kept in self._kept.values() if kept.writing is not None]
        for future in waiting[:-1]:  # at most one is above the budget, while it is written
            future.result()

    def _write_later(self, key: tuple[int, int], kept: _Kept) -> Future[None] | None:
        """Have a checkpoint written; return None when there is nowhere to write to."""
        if self._writer is None or self._folder is None:
            try:
                self._folder = Path(tempfile.mkdtemp(prefix="kerastune-"))
            except OSError:
                logger.exception("There is no place on disk for checkpoints, so one is let go")
                return None
            self._writer = ThreadPoolExecutor(1, "kerastune-checkpoints")
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._writer.submit(self._write, key, kept, self._folder)

    def _write(self, key: tuple[int, int], kept: _Kept, folder: Path) -> None:
        path = folder / f"run-{key[0]}-epoch-{key[1]}-{id(kept)}.npz"
        checkpoint = kept.checkpoint
        assert checkpoint is not None
        began = time.perf_counter()
        try:
            save_state(path, checkpoint.state)
            self.write_seconds = time.perf_counter() - began
        except OSError:
            logger.exception("A checkpoint could not be written to disk and is let go")
            path.unlink(missing_ok=True)
        with self._lock:
            written = path.exists()
            kept.checkpoint, kept.writing, kept.path = None, None, path if written else None
            if self._kept.get(key) is not kept:
                path.unlink(missing_ok=True)  # forgotten meanwhile
            elif not written:
                del self._kept[key]
            self._keep_disk_budget()

    def _keep_disk_budget(self) -> None:
        held = self.disk_bytes
        for key, kept in list(self._kept.items()):
            if held <= self._disk_budget:
                return
            if kept.path is not None:
                held -= kept.nbytes
                self._drop(key)


_EMPTY = ModelState([], "", [], [], [])
