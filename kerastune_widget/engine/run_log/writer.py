"""Does the log's work on a thread of its own, so that no disk, however slow, holds training up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread, current_thread

logger = logging.getLogger(__name__)

Task = Callable[[], None]


class Writer:
    """Carries out tasks one after the other, in the order they came in. Any thread may call it."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._thread = Thread(target=_work, args=(self._tasks,), name="kerastune-log", daemon=True)
        self._thread.start()

    def do(self, task: Task) -> None:
        """Have ``task`` done soon; returns at once."""
        self._tasks.put(task)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything asked for so far is done; return whether it is."""
        if self._thread is current_thread() or not self._thread.is_alive():
            return False
        done = Flag()
        self.do(done.set)
        return done.wait(timeout)

    def close(self, timeout: float | None = None) -> None:
        """Finish what was asked for and end the thread."""
        self._tasks.put(None)
        if self._thread is not current_thread():
            self._thread.join(timeout)


def _work(tasks: SimpleQueue[Task | None]) -> None:
    while (task := tasks.get()) is not None:
        try:
            task()
        except Exception:
            logger.exception("Writing to the log failed")
        del task  # while waiting, nothing here keeps a session alive
