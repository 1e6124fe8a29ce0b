"""The live curves of the newest run: new numbers are appended, everything rarer is drawn from the run's record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

import ipywidgets
import numpy as np

from ...core.events import EpochEnded, Event, RunEnded, RunStarted, SettingChanged, StepsEnded
from ...core.history import History
from ...core.plot import PlotSpec, Span
from ...core.plots._words import title_of
from ...core.plots.training_curves import build, epoch_numbers, metric_names, step_numbers
from ...core.text import Text
from ...core.training import RunLike
from ..chart import ChartArea
from ..publisher import Batch
from ._base import Context, Panel, box, show_if

SETTLE = 0.4
"""Seconds to wait for the last change of a moving slider before its marks are drawn."""

_METRIC = Text(en="Metric", zh="指标")
_METRIC_HELP = Text(en="Which metric to draw under the loss", zh="在损失下方显示哪个指标")


class CurvesPanel(Panel):
    """The chart, and which metric it shows under the loss.

    Attributes:
        chart: Draws the curves.
        metric: The list of metrics; hidden while there is no choice.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.chart = ChartArea(language=context.language)
        self.metric = ipywidgets.Dropdown()
        self._steps, self._epochs = 0, 0
        self._curves: frozenset[str] = frozenset()
        self._spans: Sequence[Span] = ()
        self._changed: float | None = None
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
        self._offer([name for _, name in self.metric.options])

    def update(self, batch: Batch) -> bool:
        """Append what is new; draw from the record when a run began or ended, or something else changed."""
        if self._needs_rebuild(batch):
            self.rebuild()
        self._append(batch.events)
        if batch.last(RunEnded) is not None:
            self.chart.finish()
        return self._changed is not None

    def highlight(self, spans: Sequence[Span]) -> None:
        """Highlight stretches of the horizontal axis."""
        self._spans = spans
        self.chart.set_spans(spans)

    def spec(self, run: RunLike | None = None) -> PlotSpec:
        """Describe ``run``, or the newest one, as it stands, with the metric that was chosen."""
        if run is not None and run is not self.context.run:
            return self._describe(run.record())
        return replace(self._describe(self._record()), spans=self._spans)

    def rebuild(self) -> None:
        """Draw the newest run from its record; the browser is sent only what it has not got."""
        record = self._record()
        self._offer(metric_names(record))
        spec = replace(self._describe(record), spans=self._spans)
        self.chart.show(spec)
        self._steps, self._epochs = _step_count(record), record.epoch_count
        self._curves = frozenset(curve.id for curve in spec.series)
        self._changed = None

    def _needs_rebuild(self, batch: Batch) -> bool:
        """Return whether ``batch`` is more than new numbers for curves that are there."""
        if batch.last(SettingChanged) is not None:
            self._changed = monotonic()
        settled = self._changed is not None and (batch.final or monotonic() - self._changed > SETTLE)
        if settled or batch.last(RunEnded) is not None:
            return True
        return any(event.first_epoch for event in batch.of(RunStarted)) or self._breaks(batch)

    def _breaks(self, batch: Batch) -> bool:
        """Return whether steps are missing, start anew, or bring values without a curve."""
        reach = self._steps
        for event in batch.of(StepsEnded):
            if event.first_step == 0 or event.first_step > reach or self._unknown(event.values):
                return True
            reach = max(reach, event.first_step + _length(event))
        validation = (name for event in batch.of(EpochEnded) for name in event.logs if name.startswith("val_"))
        return self._unknown(validation)

    def _unknown(self, names: Iterable[str]) -> bool:
        metric = self.metric.value
        wanted = {name for name in names if metric is None or name.removeprefix("val_") in ("loss", metric)}
        return not wanted <= self._curves

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
        if isinstance(event, EpochEnded) and event.epoch >= self._epochs:
            self._epochs = event.epoch + 1
            return epoch_numbers(event)
        if isinstance(event, StepsEnded) and event.first_step + _length(event) > self._steps:
            drawn = max(self._steps - event.first_step, 0)
            self._steps = event.first_step + _length(event)
            return {name: (x[drawn:], y[drawn:]) for name, (x, y) in step_numbers(event).items()}
        return {}

    def _describe(self, record: History) -> PlotSpec:
        titles = {name: spec.title for name, spec in self.context.session.controls.items()}
        return build(record, metric=self.metric.value, titles=titles)

    def _record(self) -> History:
        return self.context.run.record() if self.context.run else History()

    def _offer(self, names: Sequence[str]) -> None:
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


def _length(event: StepsEnded) -> int:
    return max((len(values) for values in event.values.values()), default=len(event.learning_rates))


def _step_count(record: History) -> int:
    return max((len(values) for values in record.steps.values()), default=len(record.learning_rates))


def _joined(pieces: list[Any]) -> tuple[Any, Any]:
    return np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])
