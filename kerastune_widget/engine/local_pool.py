"""A pool of worker processes of our own, with the interface of every executor.

Python's own pool gives all of its work up when one process dies, and reads the main program anew in each; this one
loses what the dead process was doing, and nothing else.
"""

from __future__ import annotations

import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

from ..core.text import Text
from ..errors import RunError
from .parcel import environment

_LENGTH = struct.Struct("<Q")
_PROGRAM = "from kerastune_widget.engine.pool_process import serve; serve()"
_DIED = Text(
    en="The worker process died ({how}); the other runs went on without it.",
    zh="工作进程意外终止（{how}）；其他运行不受影响。",
)
_CODE = Text(en="exit code {code}", zh="退出码 {code}")
_SIGNAL = Text(en="killed by {name}; if nobody did that, memory ran out", zh="被 {name} 终止；若非人为，则是内存耗尽")
_CLOSED = Text(en="This pool is closed.", zh="这个进程池已经关闭。")


@dataclass(frozen=True)
class _Work:
    future: Future[Any]
    packed: bytes


class LocalPool(Executor):
    """Processes on this computer, each started when there is work for it.

    Args:
        workers: How many at most, 1 or more.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._lock = Lock()
        self._threads: list[Thread] = []
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """Numbers of the processes that there are."""
        with self._lock:
            return tuple(process.pid for process in self._processes)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function, importable by name, in one of the processes.

        Raises:
            RunError: If the pool is closed.
        """
        future: Future[Any] = Future()
        work = _Work(future, pickle.dumps((fn, args, kwargs)))
        with self._lock:
            if self._closed:
                raise RunError(_CLOSED)
            self._queue.put(work)
            if len(self._threads) < self._workers:
                thread = Thread(target=self._serve, name="kerastune-pool", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes once their work is done; with ``cancel_futures``, at once."""
        with self._lock:
            self._closed = True
            if cancel_futures:
                for process in self._processes:
                    process.kill()
        for _ in self._threads:
            self._queue.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        """Hand work to one process, and start another one when it has died."""
        process: subprocess.Popen[bytes] | None = None
        while (work := self._queue.get()) is not None:
            if not work.future.set_running_or_notify_cancel():
                continue
            try:
                process = process or self._start()
                answer, error = _exchange(process, work.packed)
            except (OSError, EOFError, RunError):
                answer, error = None, RunError(_DIED.filled(how=self._end(process)))
                process = None
            work.future.set_result(answer) if error is None else work.future.set_exception(error)
        self._end(process)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise RunError(_CLOSED)
            process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
            self._processes.add(process)
        return process

    def _end(self, process: subprocess.Popen[bytes] | None) -> Text:
        """End a process, if it has not ended; return how it did."""
        if process is None:
            return _CODE.filled(code="-")
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]
            except OSError:  # what was still to be sent
                pass
        code = process.wait()
        with self._lock:
            self._processes.discard(process)
        if code < 0:
            return _SIGNAL.filled(name=signal.Signals(-code).name)
        return _CODE.filled(code=code)


def _exchange(process: subprocess.Popen[bytes], packed: bytes) -> tuple[Any, BaseException | None]:
    assert process.stdin is not None and process.stdout is not None
    send(process.stdin, packed)
    answer: tuple[Any, BaseException | None] = pickle.loads(receive(process.stdout))
    return answer


def send(pipe: IO[bytes], packed: bytes) -> None:
    """Write a message: its length in bytes, then itself."""
    pipe.write(_LENGTH.pack(len(packed)))
    pipe.write(packed)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Read a message.

    Raises:
        EOFError: If the other side has gone.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    packed = pipe.read(length)
    if len(packed) < length:
        raise EOFError
    return packed
