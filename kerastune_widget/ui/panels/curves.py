"""The live curves of the selected runs: new numbers are appended, everything rarer is drawn from the runs' records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import ipywidgets
import numpy as np

from ...core.events import EpochEnded, Event, RunEnded, RunLabelled, RunStarted, SettingChanged, StepsEnded
from ...core.history import History
from ...core.plateau import PLATEAU
from ...core.plot import PlotSpec, Span
from ...core.plots._words import title_of
from ...core.plots.runs import build
from ...core.plots.training_curves import build as build_empty
from ...core.plots.training_curves import epoch_numbers, metric_names, step_numbers
from ...core.spelling import name_of
from ...core.text import Text
from ...core.training import RunLike
from ...core.value_text import setting_value
from ..chart import ChartArea
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._plans import Plans

SETTLE = 0.4
"""Seconds to wait for the last change of a moving slider before its marks are drawn."""

OFFER = 1.0
"""Seconds between two messages about the epochs that can be picked while they become more."""

_METRIC = Text(en="Metric", zh="指标")
_METRIC_HELP = Text(en="Which metric to draw under the loss", zh="在损失下方显示哪个指标")


@dataclass
class _Reach:
    """How much of a run is on the chart."""

    steps: int = 0
    ends: list[int] = field(default_factory=list)


class _Snapshot:
    """A run whose record stands still, so that what is drawn and what is known to be drawn are the same.

    One that nobody has named goes by its optimizer if it takes part in a race.
    """

    def __init__(self, run: RunLike, racer: str = "") -> None:
        self.number, self.name, self.parent = run.number, run.name or racer, run.parent
        self._record = run.record()

    def record(self) -> History:
        """Return the numbers as they were."""
        return self._record


class CurvesPanel(Panel):
    """The chart, and which metric it shows under the loss.

    Attributes:
        chart: Draws the curves.
        metric: The list of metrics; hidden while there is no choice.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.chart = ChartArea(language=context.language)
        self.chart.on_pick(self._pick)
        self.metric = make(ipywidgets.Dropdown)
        self._reach: dict[int, _Reach] = {}
        self._curves: frozenset[str] = frozenset()
        self._version: int | None = None
        self._spans: Sequence[Span] = ()
        self._changed: float | None = None
        self._offered, self._offer_due = 0.0, True
        self._reasons_due: float | None = None
        self._plans = Plans(context)
        self._setting = False
        context.on_change(self.metric, self._choose)
        self.metric.add_class("kerastune-metric")
        show_if(self.metric, False)
        self.widget = box([self.metric, self.chart], "curves")
        self.rebuild()
        self.translate()

    def translate(self) -> None:
        """Write every text anew."""
        self.chart.set_language(self.context.language)
        self.metric.description, self.metric.tooltip = self.context.say(_METRIC), self.context.say(_METRIC_HELP)
        self._list([name for _, name in self.metric.options])
        if set(self._racers()) & set(self.context.selection.shown):
            self.rebuild()

    def update(self, batch: Batch) -> bool:
        """Append what is new; draw from the records when a run began or ended, or something else changed."""
        if self._needs_rebuild(batch):
            self.rebuild()
        self._append(batch.events)
        self._watch_plateau(batch)
        waiting = self._offer_epochs(batch)
        if batch.last(RunEnded) is not None:
            self.chart.finish()
        return waiting or self._changed is not None or self._reasons_due is not None

    def _watch_plateau(self, batch: Batch) -> None:
        """Remember to draw what a plateau schedule made of an epoch that ended."""
        run = self.context.focused
        if run is None or name_of(run.hyperparameters.get("schedule")) != PLATEAU or self._reasons_due is not None:
            return
        if any(event.run == run.number for event in batch.of(EpochEnded)):
            self._reasons_due = monotonic() + SETTLE

    def highlight(self, spans: Sequence[Span]) -> None:
        """Highlight stretches of the horizontal axis."""
        self._spans = spans
        self.chart.set_spans(spans)

    def spec(self, run: RunLike | None = None) -> PlotSpec:
        """Describe ``run``, or what is selected, as it stands, with the metric that was chosen."""
        if run is not None:
            return self._describe([run])
        return replace(self._describe(self._snapshots()), spans=self._spans)

    def rebuild(self) -> None:
        """Draw the selected runs from their records; the browser is sent only what it has not got."""
        runs = self._snapshots()
        front = self.context.selection.focus
        self._list(_metrics(run.record() for run in sorted(runs, key=lambda run: run.number != front)))
        spec = replace(self._describe(runs), spans=self._spans)
        self.chart.show(spec)
        self._reach = {run.number: _Reach(_step_count(run.record()), list(run.record().epoch_ends)) for run in runs}
        self._curves = frozenset(curve.id for curve in spec.series)
        self._version, self._changed, self._reasons_due = self.context.selection.version, None, None
        self._offered, self._offer_due = 0.0, True

    def _snapshots(self) -> list[_Snapshot]:
        racers = self._racers()
        return [_Snapshot(run, racers.get(run.number, "")) for run in self.context.overlaid]

    def _racers(self) -> dict[int, str]:
        """Return the optimizers of the runs of races, in words."""
        session = self.context.session
        runs = [pair for race in session.races for pair in zip(race.runs, race.optimizers, strict=False)]
        return {run: self.context.say(setting_value("optimizer", name, session.controls)) for run, name in runs}

    def _needs_rebuild(self, batch: Batch) -> bool:
        """Return whether ``batch`` is more than new numbers for curves that are there."""
        if any(event.run in self._reach for event in batch.of(SettingChanged)):
            self._changed = monotonic()
        settled = self._changed is not None and (batch.final or monotonic() - self._changed > SETTLE)
        settled = settled or (self._reasons_due is not None and (batch.final or monotonic() > self._reasons_due))
        shown = self.context.selection.shown
        ended = any(event.run in shown for event in batch.of(RunEnded))
        if settled or ended or batch.last(RunLabelled) is not None:
            return True
        if self._version != self.context.selection.version and not self._awaits_numbers():
            return True
        return any(event.first_epoch for event in batch.of(RunStarted)) or self._breaks(batch)

    def _awaits_numbers(self) -> bool:
        """Return whether the run in focus is about to begin: till its first numbers come, the chart stays as it is."""
        run = self.context.focused
        return run is not None and run.status in ("waiting", "running", "paused") and not _step_count(run.record())

    def _breaks(self, batch: Batch) -> bool:
        """Return whether steps are missing, or numbers come without a curve."""
        reach = {number: drawn.steps for number, drawn in self._reach.items()}
        for event in batch.of(StepsEnded):
            if event.run not in self.context.selection.shown:
                continue
            if event.first_step > reach.get(event.run, -1) or self._unknown(event.run, event.values):
                return True
            reach[event.run] = max(reach[event.run], event.first_step + _length(event))
        return any(
            self._unknown(event.run, [name for name in event.logs if name.startswith("val_")])
            for event in batch.of(EpochEnded)
            if event.run in reach
        )

    def _unknown(self, run: int, names: Iterable[str]) -> bool:
        metric = self.metric.value
        wanted = {name for name in names if metric is None or name.removeprefix("val_") in ("loss", metric)}
        return not {f"{run}/{name}" for name in wanted} <= self._curves

    def _append(self, events: Sequence[Event]) -> None:
        """Send the numbers that are not on the chart yet, in one message."""
        parts: dict[str, list[Any]] = {}
        for event in events:
            for name, numbers in self._numbers(event).items():
                if name in self._curves:
                    parts.setdefault(name, []).append(numbers)
        if parts:
            self.chart.append_many({name: _joined(pieces) for name, pieces in parts.items()})

    def _numbers(self, event: Event) -> dict[str, Any]:
        reach, prefix = self._reach.get(event.run), str(event.run)
        if reach is None:
            return {}
        if isinstance(event, EpochEnded) and event.epoch >= len(reach.ends):
            reach.ends.append(event.last_step)
            return epoch_numbers(event, prefix)
        if isinstance(event, StepsEnded) and event.first_step + _length(event) > reach.steps:
            drawn = max(reach.steps - event.first_step, 0)
            reach.steps = event.first_step + _length(event)
            return {name: (x[drawn:], y[drawn:]) for name, (x, y) in step_numbers(event, prefix).items()}
        return {}

    def _offer_epochs(self, batch: Batch) -> bool:
        """Tell the chart which epochs a branch can begin at, now and then; return whether that was put off."""
        self._offer_due = self._offer_due or batch.last(EpochEnded) is not None
        if self._offer_due and (batch.final or monotonic() - self._offered > OFFER):
            self.chart.offer(self._kept() if self.context.session.can_train else {})
            self._offered, self._offer_due = monotonic(), False
        return self._offer_due

    def _kept(self) -> dict[int, tuple[list[int], list[int]]]:
        kept = {}
        for run in self.context.overlaid:
            ends = self._reach[run.number].ends if run.number in self._reach else []
            epochs = [epoch for epoch in run.kept_epochs if epoch <= len(ends)]
            kept[run.number] = (epochs, [ends[epoch - 1] for epoch in epochs])
        return kept

    def _pick(self, run: int, epoch: int) -> None:
        """Hand on what a person picked; the page speaks on whichever thread the kernel uses."""
        with self.context.lock:
            self.context.picked(run, epoch)
        self.context.nudge()

    def _describe(self, runs: Sequence[Any]) -> PlotSpec:
        if not runs:
            return build_empty(History())
        selection = self.context.selection
        return build(
            runs,
            metric=self.metric.value,
            active=selection.focus,
            colours=selection.colours,
            controls=self.context.session.controls,
            planned=self._plans.of(runs),
        )

    def _list(self, names: Sequence[str]) -> None:
        """Put the metrics on the list, keeping the one chosen."""
        if not names:
            return
        options = [(self.context.say(title_of(name)), name) for name in names]
        chosen = self.metric.value if self.metric.value in names else names[0]
        if tuple(options) != self.metric.options:
            self._setting = True
            with self.metric.hold_sync():
                self.metric.options, self.metric.value = options, chosen
            self._setting = False
        show_if(self.metric, len(names) > 1)

    def _choose(self, metric: str | None) -> None:
        if not self._setting:
            self.rebuild()


def _metrics(records: Iterable[History]) -> list[str]:
    """Return the metrics of all records, each once."""
    return list(dict.fromkeys(name for record in records for name in metric_names(record)))


def _length(event: StepsEnded) -> int:
    return max((len(values) for values in event.values.values()), default=len(event.learning_rates))


def _step_count(record: History) -> int:
    return max((len(values) for values in record.steps.values()), default=len(record.learning_rates))


def _joined(pieces: list[Any]) -> tuple[Any, Any]:
    return np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])
