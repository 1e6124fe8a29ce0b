"""The part of a repeat, a spread or a cross-validation that is no run of the session: on other rows, or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..core.text import Text
from .bench import Subject
from .commands import CommandQueue, Stop
from .crew import Crew
from .dataset import Dataset
from .repeated import Repeated
from .trial import Outcome, Trial


class RepeatTask:
    """Trains the trials of one repeat.

    Args:
        repeated: Whose.
        crew: Who trains.
        read: Returns the session's data, in memory.
        subject: Returns what the trials are made of.
        trials: Returns them; raises where the data do not allow it.
        take: Told what came of each.
        told: Called after each row, and at the end.
    """

    apart = True
    """Whoever trains takes the process's one place for training; this thread only waits."""

    busy = Text(
        en="Repeated runs ({number}) are going on. Wait for them (session.wait()) or stop them (session.stop()) before "
        "starting anything else.",
        zh="第 {number} 组重复运行尚未结束。请等它结束（session.wait()）或将它停止（session.stop()），再开始别的。",
    )

    def __init__(
        self,
        repeated: Repeated,
        crew: Crew,
        *,
        read: Callable[[Callable[[], bool]], Dataset],
        subject: Callable[[Dataset], Subject],
        trials: Callable[[Dataset], Sequence[Trial]],
        take: Callable[[Outcome], None],
        told: Callable[[], None],
    ) -> None:
        self._repeated, self._crew = repeated, crew
        self._read, self._subject, self._trials, self._take, self._told = read, subject, trials, take, told

    @property
    def number(self) -> int:
        """That of the repeat."""
        return self._repeated.number

    def begin(self) -> None:
        """Nothing is told: the repeat itself was."""

    def end(self, error: BaseException | None) -> None:
        """Tell that it ended."""
        if error is not None:
            self._repeated._fail(error)
        self._told()

    def work(self, commands: CommandQueue) -> None:
        """Train them all, or as many as there is time for until it is stopped."""
        stopped: Callable[[], bool] = lambda: commands.holds(Stop)  # noqa: E731
        dataset = self._read(stopped)
        if stopped():
            return
        trials = self._trials(dataset)
        self._crew.train(self._subject(dataset), trials, self._heard, stopped=stopped, notice=self._repeated._notice)

    def _heard(self, outcome: Outcome) -> None:
        self._take(outcome)
        self._told()
