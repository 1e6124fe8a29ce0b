"""The writing half of the log: follows a session's events and writes its runs as they go."""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from ...core.events import EpochEnded, Event, RunDeleted, RunEnded, RunLabelled, RunRequested, RunRestored, RunStarted
from ...core.history import History
from ...core.text import Text
from ...errors import LogError
from ..checkpoints import Checkpoint
from ..run import Run
from ..sweep import Sweep
from ..template import Weights
from .event_lines import is_logged
from .folder import About, LogFolder, read_about, write_about
from .header import Header, Labels, Membership
from .lock import FolderLock
from .replay import events_of
from .run_files import RunFiles
from .writer import Writer

logger = logging.getLogger(__name__)

_SECONDS_TO_FINISH = 30.0

_NOT_A_FOLDER = Text(
    en="log_dir must be a folder that can be written to; {folder} cannot ({why}). Choose another one.",
    zh="log_dir 必须是可写的文件夹，而 {folder} 无法使用（{why}）。请另选一个。",
)
_NOT_WRITTEN = Text(
    en="Run {number} is not being written to {folder} ({why}). Training is not affected; when the run ends, writing "
    "is tried once more.",
    zh="第 {number} 次运行未能写入 {folder}（{why}）。训练不受影响；运行结束时会再试一次。",
)
_LOST = Text(
    en="Run {number} is not whole in {folder} ({why}). It is in this session: export it before you end the kernel.",
    zh="第 {number} 次运行未能完整写入 {folder}（{why}）。它在当前会话中是完整的：请在结束内核之前将它导出。",
)
_NOT_LABELLED = Text(
    en="The name, note or pin of run {number} could not be written to {folder} ({why}).",
    zh="第 {number} 次运行的名称、备注或固定标记未能写入 {folder}（{why}）。",
)
_TAKEN_OVER = Text(
    en="{folder} is written to by a newer session of this kernel now; runs of this one are no longer written there.",
    zh="{folder} 现在由本内核中一个更新的会话写入；这个会话的运行不再写入该文件夹。",
)

_open: weakref.WeakValueDictionary[Path, RunLog] = weakref.WeakValueDictionary()


class RunLog:
    """Writes the runs of one session. ``follow`` may be called from any thread and returns at once.

    Args:
        folder: Where; made when it does not exist.
        about: What to say of the session.
        find: Finds a run by its number.
        sweeps: Tells the session's sweeps.

    Raises:
        LogError: If the folder cannot be written to, another session writes into it, or it is of a later format.

    Attributes:
        folder: Where it writes.
    """

    def __init__(
        self,
        folder: Path,
        about: About,
        find: Callable[[int], Run],
        sweeps: Callable[[], Sequence[Sweep]] = tuple,
    ) -> None:
        self.folder = folder
        self._paths = LogFolder(folder)
        self._find, self._sweeps = find, sweeps
        self._files: dict[int, RunFiles] = {}
        self._broken: set[int] = set()
        self._started: dict[int, RunStarted] = {}
        self._notices: dict[object, Text] = {}
        self._active: set[int] = set()
        self._guard = Lock()
        lock = _claimed(self._paths, about)
        self._writer = Writer()
        self._end = weakref.finalize(self, _finish, self._writer, lock)
        _open[folder.resolve()] = self

    @property
    def notices(self) -> tuple[Text, ...]:
        """What a person should know: what could not be written, and why."""
        with self._guard:
            return tuple(self._notices.values())

    @property
    def writing(self) -> bool:
        """Whether a run is going on that it writes."""
        return bool(self._active) and self._end.alive

    def know(self, headers: Iterable[Header], notices: Iterable[Text] = ()) -> None:
        """Take in the runs that the folder has already, and what is to be said of them."""
        for notice in notices:
            self._say(notice, notice)
        for header in headers:
            self._files[header.number] = RunFiles(self._paths.run(header.number), header)

    def follow(self, event: Event) -> None:
        """Write what happened."""
        if not self._end.alive:
            return
        if isinstance(event, RunRequested):
            self.begin(self._find(event.run))
        if is_logged(event):
            self.write(event)
        if isinstance(event, RunStarted):
            self.save_start(self._find(event.run))
        elif isinstance(event, RunEnded):
            self.end(self._find(event.run))
        elif isinstance(event, RunLabelled | RunDeleted | RunRestored):
            self.label(self._find(event.run), event)

    def begin(self, run: Run) -> None:
        """Make the folder of a new run; nothing happens for one that goes on."""
        self._active.add(run.number)
        if run.number not in self._files:
            files = RunFiles(self._paths.run(run.number), header_of(run, self._sweeps()))
            self._files[run.number] = files
            taken_over = run.record()  # now: before the run adds anything to it
            self._do(run.number, lambda: files.begin(events_of(taken_over, run.number)))

    def write(self, event: Event) -> None:
        """Add an event of a run that has begun."""
        files, at = self._files[event.run], time.time()
        if isinstance(event, RunStarted):
            self._started[event.run] = event
        self._do(event.run, lambda: files.append(event, at))

    def save_start(self, run: Run) -> None:
        """Write what is known once the run has its weights."""
        known = {
            "start_id": run.start_id,
            "data_id": run.data_id,
            "model": run.model_profile,
            "data": run.data_profile(wait=False),
            "environment": run.environment,
        }
        self._writer.do(partial(self._save_start, run.number, run.start_weights, known))

    def label(self, run: Run, event: Event) -> None:
        """Write what a person said of a run, or that it was deleted or brought back."""
        if run.number in self._files:
            labels = Labels(run.name, run.note, run.pinned)
            self._writer.do(partial(self._label, run.number, labels, event, time.time()))

    def end(self, run: Run) -> None:
        """Write how a run ended: its weights, then ``run.json``; and all of it anew if writing broke off."""
        self._active.discard(run.number)
        ended = RunEnded(run.number, run.status, run.seconds, run.error, run.traceback)
        self._writer.do(partial(self._finish_run, ended, run.end, run.record()))

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything that happened so far is written; return whether it is."""
        return self._writer.flush(timeout)

    def close(self) -> None:
        """Finish writing and let another session write here."""
        self._end()

    def hand_over(self) -> None:
        """Close, because a newer session of this process writes here now."""
        self._say("taken over", _TAKEN_OVER.filled(folder=self.folder))
        self.close()

    # ---------------------------------------------------------------- on the writer's thread

    def _do(self, number: int, act: Callable[[], None]) -> None:
        """Have ``act`` done, unless writing of this run broke off; the rest would make no sense without it."""
        self._writer.do(partial(self._try, number, act))

    def _try(self, number: int, act: Callable[[], None]) -> None:
        if number in self._broken:
            return
        try:
            act()
        except (OSError, TypeError, ValueError) as error:
            self._broken.add(number)
            self._complain(number, _NOT_WRITTEN, error)

    def _save_start(self, number: int, weights: Weights | None, known: Mapping[str, Any]) -> None:
        files = self._files[number]
        files.header = replace(files.header, **known)
        files.start = weights
        self._try(number, files.save_start)

    def _label(self, number: int, labels: Labels, event: Event, now: float) -> None:
        files = self._files[number]
        deleted_at = files.header.deleted_at
        if isinstance(event, RunDeleted | RunRestored):
            deleted_at = now if isinstance(event, RunDeleted) else None
        files.header = files.header.labelled(labels, deleted_at)
        try:
            files.write_header()
        except OSError as error:
            self._complain(number, _NOT_LABELLED, error)

    def _finish_run(self, ended: RunEnded, end: Checkpoint | None, history: History) -> None:
        number = ended.run
        files = self._files[number]
        files.header = replace(files.header, model=history.model, data=history.data)
        try:
            if number in self._broken:
                files.rewrite(*self._whole_course(history, ended))
                files.save_start()
            if end is not None:
                files.save_end(end)
            files.write_header()
            self._broken.discard(number)
            self._say(number, None)
        except (OSError, TypeError, ValueError) as error:
            self._complain(number, _LOST, error)
        finally:
            files.close()

    def _whole_course(self, history: History, ended: RunEnded) -> tuple[list[Event], list[Event]]:
        """Return the events taken over from a parent, and the run's own."""
        events = list(events_of(history, ended.run))
        taken_over = sum(1 for end in history.epoch_ends if end <= history.branch_step)
        ends = [place for place, event in enumerate(events, start=1) if isinstance(event, EpochEnded)]
        first = ends[taken_over - 1] if taken_over else 0
        started = [self._started[ended.run]] if ended.run in self._started else []
        return events[:first], [*started, *events[first:], ended]

    def _complain(self, number: int, text: Text, error: Exception) -> None:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        self._say(number, text.filled(number=number, folder=self.folder, why=why))
        logger.warning("%s", self._notices[number].get("en"))

    def _say(self, about: object, notice: Text | None) -> None:
        with self._guard:
            self._notices.pop(about, None)
            if notice is not None:
                self._notices[about] = notice


def settle(folder: Path) -> RunLog | None:
    """Have a session of this process that writes to ``folder`` finish what it began; return its log, if there is one.

    Args:
        folder: The log folder.
    """
    log = _open.get(folder.resolve())
    if log is not None:
        log.flush(_SECONDS_TO_FINISH)
    return log


def header_of(run: Run, sweeps: Sequence[Sweep]) -> Header:
    """Return what ``run.json`` says of a run that begins."""
    sweep = next((sweep for sweep in sweeps if sweep.number == run.sweep), None)
    return Header(
        number=run.number,
        hyperparameters=dict(run.hyperparameters),
        start_settings=dict(run.start_settings),
        facts=dict(run.record().facts),
        legs=run.record().legs,
        started_at=run.started_at,
        parent=run.parent,
        sweep=None if sweep is None else Membership(sweep.number, sweep.name, tuple(sweep.values)),
        proof=run.proof,
        repeat=run.repeat,
        start_id=run.start_id,
        name=run.name,
        note=run.note,
        pinned=run.pinned,
    )


def _claimed(paths: LogFolder, about: About) -> FolderLock:
    """Make the folder ours; an idle session of this process gives way, as when a notebook's cell is run again."""
    try:
        paths.root.mkdir(parents=True, exist_ok=True)
        other = _open.get(paths.root.resolve())
        if other is not None and not other.writing:
            other.hand_over()
        lock = FolderLock(paths.root)
        try:
            if paths.about.exists():
                read_about(paths)
            write_about(paths, about)
        except BaseException:
            lock.release()
            raise
    except OSError as error:
        raise LogError(_NOT_A_FOLDER.filled(folder=paths.root, why=error.strerror or error)) from error
    return lock


def _finish(writer: Writer, lock: FolderLock) -> None:
    writer.close(_SECONDS_TO_FINISH)
    lock.release()
