"""Repeats of earlier sessions, as far as the runs of a log tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..core.repeat import GOVERNED
from .repeat import Repeat
from .repeated import row_of_run
from .run import Run


class LoggedRepeats:
    """Makes repeats of the runs of a log, and makes them again when some of those were deleted or came back."""

    def __init__(self) -> None:
        self._runs: tuple[Run, ...] = ()
        self._repeats: tuple[Repeat, ...] = ()

    def among(self, runs: Iterable[Run], before: int | None = None) -> tuple[Repeat, ...]:
        """Return each repeat in which just what the seed governs differed, oldest first; those of spreads are left out.

        Args:
            runs: All runs of a session, in the order they were made.
            before: The lowest number of a repeat that the session knows by itself; None when it knows none.
        """
        logged = tuple(run for run in runs if run.repeat is not None and (before is None or run.repeat < before))
        if logged != self._runs:
            self._runs, self._repeats = logged, tuple(_repeats(logged))
        return self._repeats


def _repeats(runs: Iterable[Run]) -> Iterator[Repeat]:
    together: dict[int, list[Run]] = {}
    for run in runs:
        if run.repeat is not None:
            together.setdefault(run.repeat, []).append(run)
    for number in sorted(together):
        if _seeds_differ(together[number]):
            yield _ended(number, together[number])


def _seeds_differ(runs: list[Run]) -> bool:
    """Whether all follows the seed, which no two runs share; a repeat over some sources gives those their own."""
    own = any(run.hyperparameters.get(f"{name}_seed") is not None for run in runs for name in GOVERNED)
    return not own and len({run.hyperparameters["seed"] for run in runs}) == len(runs)


def _ended(number: int, runs: list[Run]) -> Repeat:
    repeat = Repeat(number, [run.hyperparameters["seed"] for run in runs], GOVERNED, None)
    for place, run in enumerate(runs):
        row = row_of_run(run, run.hyperparameters["seed"], end_id="")  # its weights stay on disk
        planned = int(run.hyperparameters["epochs"])  # a run may have been continued since
        repeat._begin(run)
        repeat._take(place, replace(row, epochs={name: values[:planned] for name, values in row.epochs.items()}))
    repeat._end()
    return repeat
