"""The curves of several runs over each other, each in a colour of its own; branches show as a tree.

Each curve's id is the run's number, a slash and the name that Keras gives the value (``2/val_loss``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from ..control import ControlSpec
from ..diagnosis import Finding
from ..history import History
from ..plot import PALETTE_SIZE, Annotation, Plot, PlotSpec
from ..rates import moves_by_itself
from ..schedule import PlannedRates
from ..text import NO_TEXT, Text
from ..training import Parent
from ._words import run_title
from .training_curves import SMOOTHING, metric_names, overlay
from .training_curves import build as build_one


class DrawnRun(Protocol):
    """What is drawn of a run."""

    @property
    def number(self) -> int:
        """1 for the session's first run."""

    @property
    def name(self) -> str:
        """What a person called it; may be empty."""

    @property
    def parent(self) -> Parent | None:
        """Where it was branched from; None for a run of its own."""

    def record(self) -> History:
        """Return its numbers."""


def build(
    runs: Sequence[DrawnRun],
    *,
    metric: str | None = None,
    smoothing: float = SMOOTHING,
    log: bool = False,
    active: int | None = None,
    findings: Iterable[Finding] = (),
    colours: Mapping[int, int] | None = None,
    controls: Mapping[str, ControlSpec] | None = None,
    planned: Mapping[int, PlannedRates] | None = None,
) -> PlotSpec:
    """Describe the curves of ``runs``.

    Args:
        runs: At least one, in the order of the legend.
        metric: Which metric to draw under the loss; None for the first of the active run.
        smoothing: Weight of the past in the moving average, 0 up to 1 (excluded).
        log: Whether the loss starts with a logarithmic axis.
        active: Number of the run whose raw values, marks, findings and epochs are drawn; None for the last one.
        findings: The active run's findings whose evidence to highlight.
        colours: Place of each run in the palette, by number, as ``assign_colours`` gives it.
        controls: What can change in mid-run, by name, for how it is called; our own words when left out.
        planned: What the learning rate was to do over a whole run, by the run's number, for those to draw it of.
    """
    records = {run.number: run.record() for run in runs}
    front = active if active in records else runs[-1].number
    recorded = [name for record in (records[front], *records.values()) for name in metric_names(record)]
    places = assign_colours(list(records), colours)
    rates = any(moves_by_itself(record) for record in records.values())
    specs = {
        run.number: build_one(
            records[run.number],
            metric=metric or next(iter(recorded), None),
            smoothing=smoothing,
            log=log,
            findings=findings if run.number == front else (),
            prefix=str(run.number),
            run_title=run_title(run.number, run.name) if len(records) > 1 else NO_TEXT,
            colour=places[run.number],
            controls=controls,
            rates=rates,
            planned=(planned or {}).get(run.number),
        )
        for run in runs
    }
    laid = overlay([*specs.values(), specs[front]])  # marks are the last one's, and so is what the position counts
    since = {run.number: _branch_point(run, records) for run in runs}
    curves = [
        replace(curve, raw=number == front, since=since[number])
        for number, spec in specs.items()
        for curve in spec.series
    ]
    return replace(laid, series=curves, annotations=[*laid.annotations, *_forks(runs, since)])


def assign_colours(shown: Collection[int], before: Mapping[int, int] | None = None) -> dict[int, int]:
    """Return a place in the palette for each run, by number.

    A run keeps the place that it had; a new one gets that of its own number if it is free, else the first free one.

    Args:
        shown: Numbers of the runs to draw.
        before: What was returned the last time, runs that are no longer drawn included: they get their colour back
            when it is still free.
    """
    before = before or {}
    places: dict[int, int] = {}
    for number in sorted(shown, key=lambda number: (number not in before, number)):
        wanted = before.get(number, (number - 1) % PALETTE_SIZE)
        taken = [*places.values()]
        free = [place for place in range(PALETTE_SIZE) if place not in taken]
        places[number] = wanted if wanted not in taken or not free else free[0]
    return places


def _branch_point(run: DrawnRun, records: Mapping[int, History]) -> float | None:
    """Return the position at which a run leaves its parent; None when it has none or the parent is not drawn."""
    if run.parent is None or run.parent.run not in records:
        return None
    record = records[run.number]
    return float(record.branch_step if record.epoch_ends else run.parent.epochs)


def _forks(runs: Iterable[DrawnRun], since: Mapping[int, float | None]) -> list[Annotation]:
    """Return one mark for each position at which runs branch off."""
    forks: dict[float, list[DrawnRun]] = {}
    for run in sorted(runs, key=lambda run: run.number):
        point = since[run.number]
        if point is not None:
            forks.setdefault(point, []).append(run)
    return [Annotation(point, _fork_text(branches), kind="fork") for point, branches in sorted(forks.items())]


def _fork_text(runs: Sequence[DrawnRun]) -> Text:
    titles = [run_title(run.number, run.name) for run in runs]
    verb = "branches off" if len(runs) == 1 else "branch off"
    return Text(
        en=f"{', '.join(title.en for title in titles)} {verb}", zh=f"{'、'.join(title.zh for title in titles)}由此分出"
    )


PLOT = Plot(name="runs", title=Text(en="Runs compared", zh="运行对比"), build=build)
