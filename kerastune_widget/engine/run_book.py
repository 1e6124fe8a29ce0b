"""The runs of a session: which there are, what a person wrote on them, and those deleted that can come back."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from threading import RLock

from ..core.seeds import Seeds, seeds_of
from ..core.text import Text
from ..errors import RunError
from .run import Run

MOST_DELETED = 20
"""Deleted runs that can be brought back; older ones are let go for good."""

_NONE = Text(en="none", zh="无")
_NO_SUCH_RUN = Text(en="There is no run {number}; there are {there}.", zh="没有第 {number} 次运行；现有的是 {there}。")
_NOT_OURS = Text(
    en="Expected a run of this session, or its number; received {received!r}.",
    zh="需要本会话的一次运行或它的编号；收到的是 {received!r}。",
)
_UNENDED = Text(
    en="Run {number} is still training. Stop it (session.stop()) before deleting it.",
    zh="第 {number} 次运行仍在训练。请先将它停止（session.stop()），再删除。",
)


class RunBook:
    """Keeps runs by number. Any thread may call it."""

    def __init__(self, runs: Iterable[Run] = (), deleted: Iterable[Run] = ()) -> None:
        self._lock = RLock()
        self._runs = {run.number: run for run in runs}
        self._deleted = {run.number: run for run in deleted}
        self._last = max([*self._runs, *self._deleted], default=0)

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs but the deleted ones, in the order of their numbers."""
        with self._lock:
            return tuple(self._runs[number] for number in sorted(self._runs))

    @property
    def deleted(self) -> tuple[Run, ...]:
        """The deleted runs, the one deleted last at the end."""
        with self._lock:
            return tuple(self._deleted.values())

    @property
    def next_number(self) -> int:
        """The number of the next run; no number is given twice."""
        return self._last + 1

    def restore(self, runs: Iterable[Run], deleted: Iterable[Run], last: int) -> None:
        """Take in the runs of a log.

        Args:
            runs: Those that are not deleted.
            deleted: The others, the one deleted last at the end.
            last: The highest number ever given.
        """
        with self._lock:
            self._runs |= {run.number: run for run in runs}
            self._deleted |= {run.number: run for run in deleted}
            self._last = max(self._last, last)

    def add(self, run: Run) -> None:
        """Take in a new run, which has ``next_number``."""
        with self._lock:
            self._runs[run.number] = run
            self._last = run.number

    def find(self, number: int) -> Run:
        """Return the run of this number, deleted or not.

        Raises:
            RunError: If there is none.
        """
        with self._lock:
            run = self._runs.get(number) or self._deleted.get(number)
            if run is None:
                raise RunError(_NO_SUCH_RUN.filled(number=number, there=sorted(self._runs) or _NONE))
            return run

    def own(self, run: Run | int) -> Run:
        """Return ``run``, given as such or by its number.

        Raises:
            RunError: If it is none of ours.
        """
        if isinstance(run, Integral) and not isinstance(run, bool):  # pandas gives NumPy's
            return self.find(int(run))
        if not isinstance(run, Run) or self.find(run.number) is not run:
            raise RunError(_NOT_OURS.filled(received=run))
        return run

    def repeats(self, run: Run) -> list[float]:
        """Return the losses that finished runs which differ in their seed only ended with, that of ``run`` first."""
        alike = run.likeness()
        if alike is None:
            return []
        losses: dict[Seeds, float] = {}
        for one in (run, *(other for other in self.runs if other.likeness() == alike)):
            if one.last_loss is not None:
                losses.setdefault(seeds_of(one.hyperparameters), one.last_loss)
        return list(losses.values())

    def delete(self, run: Run) -> Run | None:
        """Take ``run`` out; return an older deleted one that is now gone for good, if any.

        Raises:
            RunError: If it is still training.
        """
        with self._lock:
            if run.status in ("waiting", "running", "paused"):
                raise RunError(_UNENDED.filled(number=run.number))
            if self._runs.pop(run.number, None) is None:
                return None
            self._deleted[run.number] = run
            return self._deleted.pop(next(iter(self._deleted))) if len(self._deleted) > MOST_DELETED else None

    def undo_delete(self) -> Run | None:
        """Bring back the run that was deleted last; None when there is none."""
        with self._lock:
            if not self._deleted:
                return None
            number, run = self._deleted.popitem()
            self._runs[number] = run
            return run

    def let_go_of_oldest(self, limit: int) -> None:
        """Keep the weights of recent runs only, as far as ``limit`` bytes allow; the last run's always.

        The runs of proofs go first, as nobody means to go on with them.
        """
        held = 0
        oldest_first = sorted((*self.deleted, *self.runs), key=lambda run: run.proof is None)
        for place, run in enumerate(reversed(oldest_first)):
            held += run.held_bytes
            if place and held > limit:
                run.let_go()
