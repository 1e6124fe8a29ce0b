"""A session that only reads: the runs of a log, without a model and data to train more."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from ...core.control import ControlSpec
from ...core.diagnosis import Diagnosis
from ...core.events import EventBus, RunDeleted, RunLabelled, RunRestored
from ...core.hyperparameters import Hyperparameters
from ...core.promises import Promise
from ...core.text import Text
from ...errors import RunError
from ..audit.audit import Audit
from ..checkpoints import CheckpointStore
from ..cross_validation import CrossValidation
from ..export.exports import SessionExports
from ..proof import Proof
from ..race import Race
from ..range_test import RangeTest
from ..repeat import Repeat, noise_floor_of
from ..repeat_logged import LoggedRepeats
from ..run import Run
from ..run_book import RunBook
from ..source_spread import SourceSpread
from ..strict_cost import CostMeasurement
from ..sweep import Sweep
from .attach import restore
from .folder import LogFolder, read_about
from .header import Labels
from .lock import holder
from .logged_run import Fit
from .relabel import relabel
from .run_log import settle
from .saved_source import SavedSource

_NO_DATA = Text(
    en="These runs were read from {folder} without data, so nothing can be trained. Load them with data: "
    "kt.Session.load({folder!r}, data=(x, y)).",
    zh="这些运行是在没有数据的情况下从 {folder} 读取的，因此无法训练。请连同数据一起加载："
    "kt.Session.load({folder!r}, data=(x, y))。",
)
_WRITTEN_TO = Text(
    en="Process {pid} is writing to {folder}; a run without an end may still be going on there.",
    zh="进程 {pid} 正在写入 {folder}；没有结束记录的运行可能仍在进行。",
)


class SavedSession(SessionExports):
    """The runs of a log folder, to look at, name and compare. ``kt.Session.load(log_dir)`` makes one.

    Args:
        folder: The log folder.

    Raises:
        LogError: If it is no log folder, or of a later format.

    Example:
        >>> saved = kt.Session.load("runs")
        >>> [(run.number, run.status) for run in saved.runs]
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ours = settle(folder)
        self._book = RunBook()
        restored = restore(folder, SavedSource(folder, self._book), Fit())
        self._defaults = Hyperparameters(read_about(LogFolder(folder)).defaults)
        self._book.restore(restored.runs, restored.deleted, restored.last)
        self._deleted_at = {
            one.header.number: one.header.deleted_at for one in restored.saved if one.header.deleted_at is not None
        }
        self._sweeps = tuple(restored.sweeps)
        self._logged = LoggedRepeats()
        pid = holder(folder) if ours is None or ours.writing else None
        busy = [] if pid is None else [_WRITTEN_TO.filled(pid=pid, folder=folder)]
        self._log_notices = (*restored.notices, *busy)
        self._checkpoints = CheckpointStore()
        self.events = EventBus()

    @property
    def controls(self) -> Mapping[str, ControlSpec]:
        """Nothing can be set."""
        return {}

    @property
    def settings(self) -> Hyperparameters:
        """What the settings of the session that wrote the log were at first."""
        return self._defaults

    @property
    def defaults(self) -> Hyperparameters:
        """What the settings of the session that wrote the log were at first."""
        return self._defaults

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs but the deleted ones, oldest first."""
        return self._book.runs

    @property
    def sweeps(self) -> tuple[Sweep, ...]:
        """All sweeps, oldest first."""
        return self._sweeps

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Nothing is put to the test; the runs of earlier proofs say what they are."""
        return ()

    @property
    def range_tests(self) -> tuple[RangeTest, ...]:
        """Nothing is tested; range tests are not logged."""
        return ()

    @property
    def races(self) -> tuple[Race, ...]:
        """Nothing is raced; the runs of earlier races are runs like others."""
        return ()

    @property
    def strict(self) -> bool:
        """Nothing is trained; each run's ``environment`` says how it was."""
        return False

    @property
    def environment(self) -> None:
        """Nothing is trained; each run has its own."""
        return None

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Nothing is trained, so nothing is promised."""
        return ()

    @property
    def strict_costs(self) -> tuple[CostMeasurement, ...]:
        """Nothing is measured."""
        return ()

    @property
    def audits(self) -> tuple[Audit, ...]:
        """Nothing is audited; audits are not logged."""
        return ()

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """All repeats over seeds whose runs are in the log, oldest first."""
        return self._logged.among(self._book.runs)

    @property
    def spreads(self) -> tuple[SourceSpread, ...]:
        """Nothing is repeated; the runs of earlier spreads are runs like others."""
        return ()

    @property
    def cross_validations(self) -> tuple[CrossValidation, ...]:
        """Nothing is validated; cross-validations are not logged."""
        return ()

    def noise_floor(self, metric: str, *, best: bool = False) -> float | None:
        """Return the difference below which two runs differ by chance alone; None without a repeat in the log."""
        return noise_floor_of(self.repeats, metric, best=best)

    @property
    def findings(self) -> Diagnosis:
        """Nothing is known of model and data; each run has findings of its own."""
        return Diagnosis()

    @property
    def active(self) -> None:
        """Nothing is training."""
        return None

    @property
    def training(self) -> bool:
        """Nothing is training."""
        return False

    @property
    def can_train(self) -> bool:
        """There is no data to train on."""
        return False

    @property
    def checkpoints(self) -> CheckpointStore:
        """Nothing is kept."""
        return self._checkpoints

    @property
    def log_dir(self) -> Path:
        """The log folder."""
        return self._folder

    @property
    def notices(self) -> tuple[Text, ...]:
        """Nothing is known of model and data."""
        return ()

    @property
    def log_notices(self) -> tuple[Text, ...]:
        """What is wrong with runs that could not be read, and who else is writing here."""
        return self._log_notices

    def find(self, number: int) -> Run:
        """Return the run of this number, deleted or not.

        Raises:
            RunError: If there is none.
        """
        return self._book.find(number)

    def label(
        self, run: Run | int, *, name: str | None = None, note: str | None = None, pinned: bool | None = None
    ) -> None:
        """Rename a run, note something on it, pin it; None leaves as it is. The log is changed too.

        Raises:
            RunError: If it is no run of this log.
            LogError: If the log cannot be changed, or a session is writing to it.
        """
        own = self._book.own(run)
        labels = Labels(
            own.name if name is None else str(name).strip(),
            own.note if note is None else str(note),
            own.pinned if pinned is None else bool(pinned),
        )
        relabel(self._folder, own.number, labels, self._deleted_at.get(own.number))
        own.name, own.note, own.pinned = labels.name, labels.note, labels.pinned
        self.events.publish(RunLabelled(own.number))

    def delete(self, run: Run | int) -> None:
        """Take a run out of ``runs``; ``undo_delete`` brings it back. Its folder stays.

        Raises:
            RunError: If it is no run of this log.
            LogError: If the log cannot be changed, or a session is writing to it.
        """
        own = self._book.own(run)
        now = time.time()
        self._write(own, now)
        self._deleted_at[own.number] = now
        self._book.delete(own)
        self.events.publish(RunDeleted(own.number))

    def undo_delete(self) -> Run | None:
        """Bring the run that was deleted last back and return it; None when there is none.

        Raises:
            LogError: If the log cannot be changed, or a session is writing to it.
        """
        if not self._book.deleted:
            return None
        self._write(self._book.deleted[-1], None)
        run = self._book.undo_delete()
        assert run is not None
        self._deleted_at.pop(run.number, None)
        self.events.publish(RunRestored(run.number))
        return run

    def set(self, name: str, value: Any) -> NoReturn:
        """Refuse, as there is nothing to train on.

        Raises:
            RunError: Always.
        """
        self._refuse()

    def start(self, **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def run(self, **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def continue_run(self, epochs: int | None = None, run: Any = None) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def branch(self, run: Any, epoch: int, epochs: int | None = None, **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_sweep(self, name: str, values: Sequence[Any], **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def sweep(self, name: str, values: Sequence[Any], **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_proof(self, fix: Any, run: Any = None, *, seeds: int = 3, epochs: int | None = None) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def prove(self, fix: Any, run: Any = None, *, seeds: int = 3, epochs: int | None = None) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_audit(self, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def audit(self, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_range_test(self, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def range_test(self, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_race(self, optimizers: Sequence[Any] | None = None, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def race(self, optimizers: Sequence[Any] | None = None, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_strict_cost(self, seconds: float = 2.0, **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def strict_cost(self, seconds: float = 2.0, **hyperparameters: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def requirements(self) -> NoReturn:
        """Refuse, as ``set`` does: what model and data are made of is not known."""
        self._refuse()

    def start_repeat(self, count: int = 5, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def repeat(self, count: int = 5, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_spread(self, count: int = 5, sources: Sequence[str] | None = None, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def spread(self, count: int = 5, sources: Sequence[str] | None = None, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def start_cross_validation(self, folds: int = 5, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def cross_validate(self, folds: int = 5, **options: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def planned_rates(self, **hyperparameters: Any) -> None:
        """Return None: there is no run to come."""
        return None

    def use_settings(self, run: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def adopt(self, run: Any) -> NoReturn:
        """Refuse, as ``set`` does."""
        self._refuse()

    def pause(self) -> None:
        """Nothing is training."""

    def resume(self) -> None:
        """Nothing is training."""

    def stop(self) -> None:
        """Nothing is training."""

    def close(self) -> None:
        """Nothing is open."""

    def _write(self, run: Run, deleted_at: float | None) -> None:
        relabel(self._folder, run.number, Labels(run.name, run.note, run.pinned), deleted_at)

    def _refuse(self) -> NoReturn:
        raise RunError(_NO_DATA.filled(folder=str(self._folder)))

    def __repr__(self) -> str:
        return f"<SavedSession: {len(self.runs)} runs of {str(self._folder)!r}>"
