"""Joins a session and a log folder: what the folder has is taken in, what happens from now on is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ...core.events import Event, EventBus
from ...core.hyperparameters import Hyperparameters
from ...core.text import Text
from ..checkpoints import CheckpointStore
from ..run import RunSource
from ..run_book import RunBook
from ..sweep import Sweep
from .folder import About, LogFolder
from .logged_run import Fit, LoggedRun, ShapesOf
from .model_file import save_model
from .reader import Damage, SavedRun, read_runs
from .run_log import RunLog

_DAMAGED = Text(
    en="Run {number} of the log is damaged and left out: {why} Its folder is left as it is.",
    zh="日志中的第 {number} 次运行已损坏，未加载：{why}它的文件夹保持原样。",
)


@dataclass(frozen=True)
class Restored:
    """What a log folder has.

    Attributes:
        runs: Its runs, in order.
        deleted: Those that were deleted, the one deleted last at the end.
        sweeps: Its sweeps, in order.
        last: The highest number of a run, damaged ones included.
        notices: What is wrong with those that are damaged.
        saved: All that could be read.
    """

    runs: Sequence[LoggedRun]
    deleted: Sequence[LoggedRun]
    sweeps: Sequence[Sweep]
    last: int
    notices: Sequence[Text]
    saved: Sequence[SavedRun]


def restore(folder: Path, source: RunSource, fit: Fit) -> Restored:
    """Read a log folder.

    Args:
        folder: The log folder.
        source: Answers what the runs ask of a session.
        fit: What weights must be like to be of use.

    Raises:
        LogError: If it is no log folder, or of a later format.
    """
    saved, damages = read_runs(folder)
    runs = {one.header.number: LoggedRun(one, source, fit) for one in saved}
    deleted = sorted((one.header.deleted_at, one.header.number) for one in saved if one.header.deleted_at is not None)
    gone = [number for _, number in deleted]
    return Restored(
        runs=[run for number, run in runs.items() if number not in gone],
        deleted=[runs[number] for number in gone],
        sweeps=_sweeps(saved, runs),
        last=max(LogFolder(folder).numbers(), default=0),
        notices=[_notice(damage) for damage in damages],
        saved=saved,
    )


def attach(
    folder: Path,
    *,
    model: Any,
    defaults: Hyperparameters,
    events: EventBus,
    book: RunBook,
    sweeps: list[Sweep],
    checkpoints: CheckpointStore,
    source: RunSource,
    check_settings: Callable[[Any], object],
    shapes_of: ShapesOf,
) -> RunLog:
    """Have a session's runs written to ``folder``, and those that it has taken into the session.

    Args:
        folder: The log folder; made when it does not exist.
        model: The user's model, or one that the user's function built.
        defaults: What the session's settings are at first.
        events: Where the session tells what happens.
        book: Its runs.
        sweeps: Its sweeps.
        checkpoints: Where branches begin.
        source: Answers what runs ask of it.
        check_settings: Raises ``KerasTuneError`` for hyperparameters that it does not know.
        shapes_of: Returns the shapes of the weights of a run with these hyperparameters and facts.

    Raises:
        LogError: If the folder cannot be used.
    """
    log = RunLog(folder, About(dict(defaults)), book.find, lambda: tuple(sweeps))
    try:
        restored = restore(folder, source, Fit(shapes_of, check_settings, defaults))
    except BaseException:
        log.close()
        raise
    log.know((one.header for one in restored.saved), restored.notices)
    book.restore(restored.runs, restored.deleted, restored.last)
    sweeps.extend(restored.sweeps)
    for run in (*restored.runs, *restored.deleted):
        for position in run.positions:
            checkpoints.lend(run.number, position.epoch, partial(run.checkpoint, position))
    save_model(LogFolder(folder).model, model)
    events.subscribe(Event, log.follow)
    return log


def _sweeps(saved: Sequence[SavedRun], runs: dict[int, LoggedRun]) -> list[Sweep]:
    found: dict[int, Sweep] = {}
    for one in saved:
        member = one.header.sweep
        if member is not None:
            sweep = found.setdefault(member.number, Sweep(member.number, member.name, tuple(member.values)))
            sweep.started.append(runs[one.header.number])
    for sweep in found.values():
        sweep.end()
    return [found[number] for number in sorted(found)]


def _notice(damage: Damage) -> Text:
    return _DAMAGED.filled(number=damage.number, why=damage.error.text)
