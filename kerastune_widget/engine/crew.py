"""Who trains the trials of a repeat: this process, one after the other, or the workers of an executor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

from ..core.text import Text
from ..errors import HyperparameterError
from .bench import Bench, Subject
from .failure import one_line
from .local_pool import LocalPool
from .parcel import pack
from .repeat_worker import forget, name_of, train
from .trial import Outcome, Trial

_POLL_SECONDS = 0.05
_BOTH = Text(
    en="Give either an executor or a number of workers, not both.", zh="executor 和 workers 只能给出其中一个。"
)
_NO_WORKERS = Text(
    en="workers must be a whole number, 1 or more; received {value!r}.",
    zh="workers 必须是不小于 1 的整数；收到的是 {value!r}。",
)
_NO_EXECUTOR = Text(
    en="executor must be a concurrent.futures.Executor, such as Dask's client.get_executor(); received {value!r}.",
    zh="executor 必须是 concurrent.futures.Executor，例如 Dask 的 client.get_executor()；收到的是 {value!r}。",
)
_FORKS = Text(
    en="This ProcessPoolExecutor forks, which TensorFlow does not survive. Give workers={count}, or make it with "
    'mp_context=multiprocessing.get_context("spawn").',
    zh="这个 ProcessPoolExecutor 使用 fork，TensorFlow 无法在其中运行。请改用 workers={count}，或以 "
    'mp_context=multiprocessing.get_context("spawn") 创建它。',
)
_LOST = Text(
    en="A worker of your executor died; what it had not ended went on in a pool of our own.",
    zh="你的执行器中有一个工作进程意外终止；它尚未完成的运行已在我们自己的进程池中继续。",
)
_CANCELLED = Text(en="The executor cancelled it.", zh="执行器取消了它。")

Heard = Callable[[Outcome], None]


def refuse_crew(executor: Any, workers: Any) -> None:
    """Refuse what cannot train.

    Raises:
        HyperparameterError: If both are given, or one is none of its kind.
    """
    if executor is not None and workers is not None:
        raise HyperparameterError(_BOTH)
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise HyperparameterError(_NO_WORKERS.filled(value=workers))
    if executor is not None and not isinstance(executor, Executor):
        raise HyperparameterError(_NO_EXECUTOR.filled(value=executor))
    if isinstance(executor, ProcessPoolExecutor) and _method(executor) == "fork":
        raise HyperparameterError(_FORKS.filled(count=_size(executor)))


class Crew:
    """Has trials trained; used by the training thread only, but for ``close``.

    Args:
        executor: Whose workers do it; None for none.
        workers: How many processes of our own do it; None for none.
    """

    def __init__(self, executor: Executor | None = None, workers: int | None = None) -> None:
        self._given, self._workers = executor, workers
        self._pool: LocalPool | None = None
        self._bench: Bench | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._packed = b""
        self._name = ""

    @property
    def is_here(self) -> bool:
        """Whether this process itself trains."""
        return self._given is None and self._workers is None

    def train(
        self,
        subject: Subject,
        trials: Sequence[Trial],
        heard: Heard,
        *,
        stopped: Callable[[], bool],
        notice: Callable[[Text], None],
    ) -> None:
        """Train all of them, or as many as there is time for until it is stopped.

        Args:
            subject: What they are made of; the same at each call.
            trials: Which.
            heard: Called with what came of each, as it ends.
            stopped: Asked now and then.
            notice: Told what is worth knowing.
        """
        if self.is_here:
            self._train_here(subject, trials, heard, stopped)
            return
        self._pack(subject)
        own = self._given is None
        executor = self._own_pool(self._workers or 1) if self._given is None else self._given
        lost = self._share_out(executor, trials, heard, stopped)
        if lost and not stopped() and not own:
            notice(_LOST)
            self._share_out(self._own_pool(_size(executor)), lost, heard, stopped)

    def close(self) -> None:
        """Let go of processes of our own, whatever they do, and of everything else."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._bench is not None:
            self._bench.close()
        if self._folder is not None:
            forget(self._name)  # an executor of threads has trained in this process
            self._folder.cleanup()
        self._pool = self._bench = self._folder = None

    def _train_here(self, subject: Subject, trials: Sequence[Trial], heard: Heard, stopped: Callable[[], bool]) -> None:
        self._bench = self._bench or Bench(subject)
        for trial in trials:
            if stopped():
                return
            heard(self._bench.train(trial, stopped))

    def _own_pool(self, workers: int) -> LocalPool:
        self._pool = self._pool or LocalPool(workers)
        return self._pool

    def _pack(self, subject: Subject) -> None:
        if self._folder is None:
            self._packed = pack(subject)
            self._name = name_of(self._packed)
            self._folder = tempfile.TemporaryDirectory(prefix="kerastune-", ignore_cleanup_errors=True)
            self._file.write_bytes(self._packed)

    @property
    def _file(self) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / "parcel"

    def _share_out(
        self, executor: Executor, trials: Sequence[Trial], heard: Heard, stopped: Callable[[], bool]
    ) -> list[Trial]:
        """Have trials trained by workers; return those that a broken executor did not end."""
        waiting: dict[Future[Outcome | None], Trial] = {}
        lost: list[Trial] = []

        def submit(trial: Trial, source: str | bytes) -> None:
            try:
                waiting[executor.submit(train, self._name, source, trial)] = trial
            except BrokenExecutor:
                lost.append(trial)

        for trial in trials:
            submit(trial, str(self._file))
        while waiting:
            if stopped():
                for future in waiting:
                    future.cancel()
                return []
            wait(waiting, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in [one for one in waiting if one.done()]:  # wait() overlooks some that are cancelled
                trial = waiting.pop(future)
                if future.cancelled():  # by whoever closed the executor; asking it for its error would raise
                    heard(Outcome(trial.place, "failed", error=_CANCELLED))
                elif _killed(error := future.exception()):
                    lost.append(trial)
                elif error is not None:
                    heard(Outcome(trial.place, "failed", error=_said(error)))
                elif (outcome := future.result()) is not None:
                    heard(outcome)
                else:  # a worker on another computer
                    submit(trial, self._packed)
        return lost


def _killed(error: BaseException | None) -> bool:
    """Whether a worker died: Python's pools say so in one way, Dask after some tries in another."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _said(error: BaseException) -> Text | str:
    return getattr(error, "text", None) or one_line(error)


def _method(executor: ProcessPoolExecutor) -> str:
    context = getattr(executor, "_mp_context", None)
    return str(context.get_start_method()) if context is not None else ""


def _size(executor: Executor) -> int:
    return max(1, int(getattr(executor, "_max_workers", 1) or 1))
