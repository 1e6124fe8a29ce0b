"""Runs one launch (a run, a continued run, a sweep, a range test) at a time on a thread of its own."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import RLock, Thread, current_thread
from typing import Protocol

import keras

from ..core.events import Event, RunEnded, RunQueued, RunRequested, RunStatus
from ..core.text import Text
from ..errors import SessionBusyError
from .arena import training_turn
from .commands import CommandQueue, SetHyperparameter, Stop
from .failure import one_line
from .run import Run

logger = logging.getLogger(__name__)

Job = tuple[Run, int]
"""A run, and the epochs that it is to have in all when it ends."""


class Task(Protocol):
    """Work on the training thread that is no run, such as a range test.

    What is told to whoever asks for a run meanwhile is its ``busy``, a ``Text``, where it has one. One that has a true
    ``apart`` waits for others to train, and takes no turn itself.
    """

    @property
    def number(self) -> int:
        """Which of its kind, for messages."""

    def begin(self) -> None:
        """Tell that it is to come; nothing else of it happens before."""

    def work(self, commands: CommandQueue) -> None:
        """Do it; whatever it raises is handed to ``end``. It ends early once the queue holds ``Stop``."""

    def end(self, error: BaseException | None) -> None:
        """Tell that it ended, as the session is no longer busy with it."""


_TASK_BUSY = Text(
    en="Range test {number} is going on. Wait for it (session.wait()) or stop it (session.stop()) before starting "
    "anything else.",
    zh="第 {number} 次学习率范围测试尚未结束。请等它结束（session.wait()）或将它停止（session.stop()），再开始别的。",
)
_BUSY = Text(
    en="Run {number} is {status}. Wait for it (session.wait()) or stop it (session.stop()) before starting another.",
    zh="第 {number} 次运行尚未结束。请等它结束（session.wait()）或将它停止（session.stop()），再开始下一次运行。",
)


class Launcher:
    """Starts training threads and carries commands to them.

    Args:
        train: Trains a run until so many epochs have ended in all; returns how it ended.
        publish: Told every event.

    Attributes:
        lock: Held while a launch begins or a run ends.
        active: The run that is waiting, running or paused, or None.
        task: What is going on that is no run, or None.
        idle: Set while nothing is launched.
        moved: Settings changed since the last run of a person's own was launched, by name.
    """

    def __init__(self, train: Callable[[Run, int, CommandQueue], RunStatus], publish: Callable[[Event], None]) -> None:
        self._train, self._publish = train, publish
        self._policy = keras.config.dtype_policy()
        self._thread: Thread | None = None
        self._takes_settings, self._aside, self._stopped = True, False, False
        self.lock = RLock()
        self.active: Run | None = None
        self.task: Task | None = None
        self.idle = Flag()
        self.idle.set()
        self.commands = CommandQueue()
        self.moved: dict[str, SetHyperparameter] = {}

    @property
    def busy(self) -> bool:
        """Whether a run or a task is waiting or going on."""
        return self.active is not None or self.task is not None

    def refuse_if_busy(self) -> None:
        """Raise unless a launch may begin.

        Raises:
            SessionBusyError: If one is going on.
        """
        if self.active is not None:
            raise SessionBusyError(_BUSY.filled(number=self.active.number, status=self.active.status))
        if self.task is not None:
            said = getattr(self.task, "busy", _TASK_BUSY)
            raise SessionBusyError(said.filled(number=self.task.number))

    def launch(
        self,
        jobs: Iterator[Job | Task],
        *,
        first: tuple[SetHyperparameter, ...] = (),
        takes_settings: bool = True,
        aside: bool = False,
        finish: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin with the first job, in the background. The lock is held by the caller.

        Args:
            jobs: What to train, one after the other; asked for the next when one has ended. Stop ends them all.
            first: What the first run is told before its first step.
            takes_settings: Whether settings changed meanwhile act on the run going on.
            aside: Whether the runs are none that a person would go on with; what was set for those is kept.
            finish: Called, under the lock, before the end of the last run is told.
        """
        job = next(jobs)
        self._takes_settings, self._aside = takes_settings, aside
        self.idle.clear()
        self.commands.take()  # only here: between the runs of a sweep, what was asked meanwhile is for the next one
        self._prepare(job)
        for command in first:
            self.moved[command.name] = command
            self.commands.put(command)
        self._thread = Thread(target=self._work, args=(job, jobs, finish), name="kerastune-training", daemon=True)
        self._thread.start()

    def move(self, command: SetHyperparameter) -> None:
        """Hand a changed setting to the run going on."""
        if self._takes_settings or self._aside:
            self.moved[command.name] = command
        if self._takes_settings:
            self.commands.put(command)

    def join(self) -> None:
        """Wait until the last thread has ended."""
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join()

    def _take_up(self, job: Job | Task | None) -> None:
        """Make a job what is going on; None: nothing."""
        self.active = job[0] if isinstance(job, tuple) else None
        self.task = None if job is None or isinstance(job, tuple) else job

    def _prepare(self, job: Job | Task) -> None:
        self._take_up(job)
        if not isinstance(job, tuple):
            job.begin()
            return
        job[0].ended = Flag()
        if not self._aside:
            self.moved.clear()
        self._publish(RunRequested(job[0].number))

    def _work(self, job: Job | Task | None, jobs: Iterator[Job | Task], finish: Callable[[], None]) -> None:
        while job is not None:
            tell = self._do(job)
            with self.lock:  # so that no other run begins before this one has said that it ended
                job = None if self._stopped else self._next(jobs)
                self._take_up(job)
                if job is None:
                    self._takes_settings = True  # what is set from now on is for whoever continues this run
                    finish()
                tell()
                if job is not None:
                    self._prepare(job)
                elif not self.busy:  # nobody who was told has launched something
                    self.idle.set()

    def _next(self, jobs: Iterator[Job | Task]) -> Job | Task | None:
        try:
            return next(jobs, None)
        except Exception:  # a thread must end in order, whatever is wrong with what was to come
            logger.exception("The next run could not be made")
            return None

    def _do(self, job: Job | Task) -> Callable[[], None]:
        """Do a job; return what tells that it ended."""
        if not isinstance(job, tuple):
            error = self._do_task(job)
            self._stopped = self.commands.holds(Stop)
            return lambda: job.end(error)
        ended = self._train_one(*job)
        self._stopped = ended.status == "stopped" or self.commands.holds(Stop)
        return lambda: self._tell(job[0], ended)

    def _tell(self, run: Run, ended: RunEnded) -> None:
        self._publish(ended)
        run.ended.set()

    def _do_task(self, task: Task) -> BaseException | None:
        try:
            keras.config.set_dtype_policy(self._policy)
            if getattr(task, "apart", False):
                task.work(self.commands)
                return None
            with training_turn(lambda: None, lambda: self.commands.holds(Stop)) as mine:
                if mine:
                    task.work(self.commands)
        except BaseException as exception:  # as with a run
            return exception
        return None

    def _train_one(self, run: Run, epochs: int) -> RunEnded:
        status: RunStatus = "stopped"
        error = report = ""
        try:
            keras.config.set_dtype_policy(self._policy)  # Keras's settings are local to a thread
            waiting = RunQueued(run.number)
            with training_turn(lambda: self._publish(waiting), lambda: self.commands.holds(Stop)) as mine:
                if mine:
                    status = self._train(run, epochs, self.commands)
        except BaseException as exception:  # whatever a user's train_step raises, the session stays usable
            run.exception, status, report = exception, "failed", traceback.format_exc()
            error = one_line(exception)
        return RunEnded(run.number, status=status, seconds=run.seconds, error=error, traceback=report)


def single(run: Run, epochs: int) -> Iterator[Job | Task]:
    """Return the jobs of a launch that is one run."""
    return iter([(run, epochs)])
