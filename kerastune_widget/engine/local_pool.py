"""A pool of worker processes of our own, with the interface of every executor.

Python's own pool gives all of its work up when one process dies, and reads the main program anew in each; this one
loses what the dead process was doing, and nothing else.
"""

from __future__ import annotations

import pickle
import re
import signal
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

from ..core.text import Text
from ..errors import RunError
from .failure import one_line
from .parcel import environment

_LENGTH = struct.Struct("<Q")
_PROGRAM = "from kerastune_widget.engine.pool_process import serve; serve()"
_DIED = Text(
    en="The worker process died ({how}); the other runs went on without it.",
    zh="工作进程意外终止（{how}）；其他运行不受影响。",
)
_CODE = Text(en="exit code {code}", zh="退出码 {code}")
_SIGNAL = Text(en="killed by {name}", zh="被 {name} 终止")
_KILLED = Text(en="killed by {name}; if nobody did that, memory ran out", zh="被 {name} 终止；若非人为，则是内存耗尽")
_SAYING = Text(en="{how}; its last words: {words}", zh="{how}；最后的输出：{words}")
_UNREADABLE = Text(
    en="What the worker process answered cannot be read here: {error}",
    zh="无法在这里读取工作进程的结果：{error}",
)
_CLOSED = Text(en="This pool is closed.", zh="这个进程池已经关闭。")
_MOST_LINES = 3
_LINES_KEPT = 50
_CHATTER = re.compile(r"[IW]\d{4} |\d{4}-\d\d-\d\d .*: [IW] |WARNING: All log messages before absl")
_DRAIN_SECONDS = 1.0


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
        self._drains: dict[int, tuple[Thread, deque[bytes]]] = {}
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
            except BaseException as error_here:  # whatever unpickling raises: who waits for it must hear of it
                answer, error = None, RunError(_UNREADABLE.filled(error=one_line(error_here)))
                self._end(process)
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
                stderr=subprocess.PIPE,
                env=environment(),
                start_new_session=True,  # the interrupt of a notebook is not for workers; they end with our pipe
            )
            self._processes.add(process)
            self._drains[process.pid] = _drained(process)
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
            drain, lines = self._drains.pop(process.pid)
        drain.join(_DRAIN_SECONDS)  # a process of its own may hold the pipe open
        how, words = how_it_ended(code), last_words(list(lines))
        return _SAYING.filled(how=how, words=words) if words else how


def how_it_ended(code: int) -> Text:
    """Return how a process ended.

    Args:
        code: As ``Popen.wait`` returns it: below 0 for a signal, which need not have a name.
    """
    if code >= 0:
        return _CODE.filled(code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return (_KILLED if name == "SIGKILL" else _SIGNAL).filled(name=name)


def last_words(lines: list[bytes]) -> str:
    """Return the last of what a process wrote to standard error, without TensorFlow's chatter; empty for nothing."""
    said = [text for line in lines if (text := line.decode("utf-8", "replace").strip())]
    return " | ".join([text for text in said if not _CHATTER.match(text)][-_MOST_LINES:])


def _drained(process: subprocess.Popen[bytes]) -> tuple[Thread, deque[bytes]]:
    """Begin to read what a process writes to standard error; return who reads it, and its last lines."""
    lines: deque[bytes] = deque(maxlen=_LINES_KEPT)
    pipe = process.stderr
    assert pipe is not None

    def drain() -> None:
        with pipe:
            lines.extend(pipe)

    thread = Thread(target=drain, name="kerastune-pool-errors", daemon=True)
    thread.start()
    return thread, lines


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
