"""Repeats of earlier sessions, as far as the runs of a log tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..core.repeat import GOVERNED, RepeatRow
from .run import Run


def logged_rows(runs: Iterable[Run], before: int | None = None) -> Iterator[list[RepeatRow]]:
    """Yield the rows of each repeat in which just what the seed governs differed, oldest first.

    Args:
        runs: All runs of a session.
        before: The lowest number of a repeat that the session knows by itself; None when it knows none.
    """
    repeats: dict[int, list[Run]] = {}
    for run in runs:
        if run.repeat is not None and (before is None or run.repeat < before):
            repeats.setdefault(run.repeat, []).append(run)
    for number in sorted(repeats):
        if _seeds_differ(repeats[number]):
            yield [_row(run) for run in repeats[number]]


def _seeds_differ(runs: list[Run]) -> bool:
    """Whether all follows the seed, which no two runs share; a repeat over some sources gives those their own."""
    own = any(run.hyperparameters.get(f"{name}_seed") is not None for run in runs for name in GOVERNED)
    return not own and len({run.hyperparameters["seed"] for run in runs}) == len(runs)


def _row(run: Run) -> RepeatRow:
    """Return what it was as part of its repeat: a run may have been continued since."""
    epochs = int(run.hyperparameters["epochs"])
    curves = {name: tuple(float(value) for value in values[:epochs]) for name, values in run.history.items()}
    return RepeatRow(run.hyperparameters["seed"], run.number, run.status, curves)
