"""Repeats of earlier sessions, as far as the runs of a log tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ..core.events import RunStatus
from ..core.repeat import GOVERNED, RepeatRow
from ..core.text import NO_TEXT
from .repeat import Repeat
from .repeated import row_of_run
from .run import Run

_GOING_ON = ("waiting", "running", "paused")


class _Standing(NamedTuple):
    """A run, and how it stood: where that is another now, its row may be another."""

    run: Run
    status: RunStatus
    epochs: int


class LoggedRepeats:
    """Makes repeats of the runs of a log, and makes them again when some were deleted, came back or were continued."""

    def __init__(self) -> None:
        self._made: tuple[tuple[_Standing, ...], tuple[Repeat, ...]] = (), ()

    def among(self, runs: Iterable[Run], before: int | None = None) -> tuple[Repeat, ...]:
        """Return each repeat in which just what the seed governs differed, oldest first; those of spreads are left out.

        A run that was continued, or is being continued, counts as what it was at the end of its own epochs.

        Args:
            runs: All runs of a session, in the order they were made.
            before: The lowest number of a repeat that the session knows by itself; None when it knows none.
        """
        logged = [run for run in runs if run.repeat is not None and (before is None or run.repeat < before)]
        standings = tuple(_Standing(run, run.status, min(run.epochs, _planned(run))) for run in logged)
        known, repeats = self._made  # read and written in one go: whoever asks may be any thread
        if standings != known:
            repeats = tuple(_repeats(standings))
            self._made = standings, repeats
        return repeats


def _repeats(standings: Iterable[_Standing]) -> Iterator[Repeat]:
    together: dict[int, list[_Standing]] = {}
    for standing in standings:
        if standing.run.repeat is not None:
            together.setdefault(standing.run.repeat, []).append(standing)
    for number in sorted(together):
        if _seeds_differ([standing.run for standing in together[number]]):
            yield _ended(number, together[number])


def _seeds_differ(runs: list[Run]) -> bool:
    """Whether all follows the seed, which no two runs share; a repeat over some sources gives those their own."""
    own = any(run.hyperparameters.get(f"{name}_seed") is not None for run in runs for name in GOVERNED)
    return not own and len({run.hyperparameters["seed"] for run in runs}) == len(runs)


def _ended(number: int, standings: list[_Standing]) -> Repeat:
    repeat = Repeat(number, [standing.run.hyperparameters["seed"] for standing in standings], GOVERNED, None)
    for place, standing in enumerate(standings):
        repeat._begin(standing.run)
        repeat._take(place, _row(standing))
    repeat._end()
    return repeat


def _row(standing: _Standing) -> RepeatRow:
    status, end = _own_end(standing)
    row = row_of_run(standing.run, standing.run.hyperparameters["seed"], end_id="")  # its weights stay on disk
    reason = NO_TEXT if status == "finished" else row.reason
    own = {name: values[:end] for name, values in row.epochs.items()}
    return replace(row, status=status, reason=reason, epochs=own)


def _own_end(standing: _Standing) -> tuple[RunStatus, int]:
    """Return how a run ended, and after how many epochs at most, before anybody continued it."""
    planned, record = _planned(standing.run), standing.run.record()
    if record.legs and record.legs[0].restored:  # finished, perhaps early: what came later was not asked for
        return "finished", record.legs[1].first_epoch if len(record.legs) > 1 else planned
    continued = len(record.legs) > 1 or record.epoch_count > planned or standing.status in _GOING_ON
    return "finished" if continued and record.epoch_count >= planned else standing.status, planned


def _planned(run: Run) -> int:
    return int(run.hyperparameters["epochs"])
