"""The sweep: one control, several values, run one after the other from the same start, and what came of it."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from ...core.control import ControlSpec
from ...core.events import RepeatEnded, RunDeleted, RunEnded, RunRequested, RunRestored, RunStarted
from ...core.metric_direction import best_epoch, epoch_values, last_value
from ...core.noise import below, is_noise
from ...core.plots._words import in_sentence
from ...core.plots.metric_by_value import Point, build
from ...core.text import NO_TEXT, Text
from ...core.training import RunLike, SweepLike
from ...core.value_text import setting_title, setting_value
from ...errors import KerasTuneError
from ..chart import ChartArea
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._fold import Fold
from ._standing import TRAINING
from ._sweep_values import can_sweep, grid, read, written

FIRST = "learning_rate"

_TITLE = Text(en="Sweep: one setting, several values", zh="扫描：一个设置，多个取值")
_CONTROL = Text(en="Setting", zh="设置")
_VALUES = Text(en="Values", zh="取值")
_VALUES_HELP = Text(en="Separated by commas", zh="用逗号分隔")
_RUN = Text(en="Run sweep ({count} runs)", zh="开始扫描（{count} 次运行）")
_RUN_HELP = Text(
    en="Train each value from the same start, with the other settings as they are",
    zh="从相同的起点依次训练每个取值，其他设置保持不变",
)
_PROGRESS = Text(en="Run {done} of {count}: {title} {value}", zh="第 {done}/{count} 次：{title} {value}")
_DONE = Text(en="{done} of {count} runs: {title}", zh="已完成 {done}/{count} 次：{title}")
_USE = Text(en="Use {value}", zh="采用 {value}")
_USE_HELP = Text(en="Set it for the next run: the best of this sweep", zh="用于下次运行：本次扫描中的最佳取值")
_TURNS = (RunRequested, RunStarted, RunEnded, RunDeleted, RunRestored, RepeatEnded)


class SweepPanel(Panel):
    """A fold with a form, and, once a sweep began, how far it is, its plot and its best value.

    Attributes:
        control: Which setting.
        values: Its values, as a person writes them.
        run: Starts the sweep.
        use: Sets the best value.
        chart: The plot of the metric against the value; None until the first sweep.
    """

    def __init__(self, context: Context, metric: Callable[[], str | None]) -> None:
        super().__init__(context)
        self.chart: ChartArea | None = None
        self._metric = metric
        self._specs = {name: spec for name, spec in context.session.controls.items() if can_sweep(spec)}
        self._edited, self._writing, self._complaint = False, False, NO_TEXT
        self._best: Any = None
        self._noise = NO_TEXT
        self._shown: str | None = None  # which metric
        self.control = make(ipywidgets.Dropdown)
        self.values = make(ipywidgets.Text, continuous_update=False)
        self.run, self.use = make(ipywidgets.Button), make(ipywidgets.Button, icon="check")
        self._note, self._progress = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self._note.add_class("kerastune-note")
        form = [self.control, self.values, self.run, self._note, self._progress]
        self._fold = Fold(context, _TITLE, [box([*form, self.use], "sweep")])
        self.widget = self._fold.widget
        context.on_change(self.control, self._choose)
        context.on_change(self.values, self._edit)
        context.on_click(self.run, self._start)
        context.on_click(self.use, self._use)
        show_if(self.widget, bool(self._specs))
        if self._specs:
            self._offer(FIRST if FIRST in self._specs else next(iter(self._specs)))
        self.translate()

    @property
    def spec(self) -> ControlSpec:
        """The control to sweep."""
        return self.context.session.controls[self.control.value]

    def translate(self) -> None:
        """Write every text anew; values stay."""
        say = self.context.say
        self._fold.translate()
        self.control.description, self.values.description = say(_CONTROL), say(_VALUES)
        self.control.tooltip, self.values.tooltip = say(_CONTROL), say(_VALUES_HELP)
        self.run.tooltip, self.use.tooltip = say(_RUN_HELP), say(_USE_HELP)
        if self._specs:
            self._offer(self.control.value)
            self._check()
        if self.chart is not None:
            self.chart.set_language(self.context.language)
        self._write_progress()

    def update(self, batch: Batch) -> bool:
        """Follow the settings while the values are not edited, and the newest sweep."""
        if self._specs:
            self._suggest()
            self._check()
        if any(isinstance(event, _TURNS) for event in batch.events) or self._shown != self._metric():
            self._shown = self._metric()
            self._write_progress()
            self._draw()
        return False

    def _offer(self, name: str) -> None:
        self._writing = True
        with self.control.hold_sync():
            self.control.options = [(self.context.say(spec.title), key) for key, spec in self._specs.items()]
            self.control.value = name
        self._writing = False
        self._suggest()

    def _choose(self, _: str) -> None:
        if not self._writing:
            self._edited = False
            self._suggest()
            self._check()

    def _suggest(self) -> None:
        """Write the grid around the present setting, unless a person wrote values."""
        words = written(grid(self.spec, self.context.session.settings[self.spec.name]))
        if not self._edited and self.values.value != words:
            self._writing = True
            self.values.value = words
            self._writing = False

    def _edit(self, words: str) -> None:
        if not self._writing:
            self._edited = bool(words.strip())
            self._suggest()
            self._check()

    def _check(self) -> None:
        """Say what is wrong with the values, and how many runs they make."""
        count, complaint = 0, self._complaint
        try:
            count = len(read(self.spec, self.values.value))
        except KerasTuneError as error:
            complaint = error.text
        session = self.context.session
        self.run.description = self.context.say(_RUN, count=count or "–")
        self.run.disabled = not count or not session.can_train or self.context.standing in TRAINING
        note = html.escape(self.context.say(complaint))
        self._note.value = f'<span class="kerastune-error" role="alert">{note}</span>'
        show_if(self._note, bool(note))

    def _start(self) -> None:
        self._complaint = NO_TEXT
        try:
            self.context.session.start_sweep(self.spec.name, read(self.spec, self.values.value))
        except KerasTuneError as error:
            self._complaint = error.text
        self._check()
        self.context.nudge()

    def _use(self) -> None:
        sweep = self._sweep
        try:
            if sweep is not None:
                self.context.session.set(sweep.name, self._best)
        except KerasTuneError as error:
            self._complaint = error.text
            self._check()
        self.context.nudge()

    @property
    def _sweep(self) -> SweepLike | None:
        sweeps = self.context.session.sweeps
        return sweeps[-1] if sweeps else None

    def _write_progress(self) -> None:
        sweep = self._sweep
        show_if(self._progress, sweep is not None)
        show_if(self.use, sweep is not None and self._best is not None)
        if sweep is None:
            return
        noise = html.escape(self.context.say(self._noise))
        told = f'<span role="status">{html.escape(self._progress_line(sweep))}</span>'
        self._progress.value = told + (f'<p class="kerastune-noise">{noise}</p>' if noise else "")
        self.use.description = self.context.say(_USE, value=self._words(sweep.name, self._best))

    def _progress_line(self, sweep: SweepLike) -> str:
        title = setting_title(sweep.name, self.context.session.controls)
        words = {"count": len(sweep.values), "title": Text(en=in_sentence(title.en), zh=title.zh)}
        done, active = len(sweep.runs), self.context.session.active
        if done and active is not None and active.number == sweep.runs[-1]:
            return self.context.say(
                _PROGRESS, done=done, value=self._words(sweep.name, sweep.values[done - 1]), **words
            )
        return self.context.say(_DONE, done=done, **words)

    def _words(self, name: str, value: Any) -> Text:
        return setting_value(name, value, self.context.session.controls)

    def _draw(self) -> None:
        """Draw the newest sweep's runs that have a number, and offer the best of their values."""
        sweep, metric = self._sweep, self._metric()
        if sweep is None or metric is None or not self._specs:
            return
        points = self._points(sweep, metric)
        self._best = _best_value(points, metric)
        self._noise = self._told_of_noise(points, metric)
        self._write_progress()
        if points:
            controls = self.context.session.controls
            self._area().show(build(points, name=sweep.name, metric=metric, controls=controls))

    def _told_of_noise(self, points: list[Point], metric: str) -> Text:
        """Return what to say where chance alone may make as much as all values differ by; empty otherwise."""
        floor, numbers = self.context.session.noise_floor(metric), [number for _, number in points]
        if floor is None or len(numbers) < 2 or not is_noise(min(numbers), max(numbers), floor):
            return NO_TEXT
        return below(floor)

    def _points(self, sweep: SweepLike, metric: str) -> list[Point]:
        """Return value and metric of each run that ended and was not deleted."""
        ended = {run.number: run for run in self.context.session.runs if run.status not in TRAINING}
        values = zip(sweep.values, sweep.runs, strict=False)
        runs = [(value, ended[number]) for value, number in values if number in ended]
        return [(value, _final(run, metric)) for value, run in runs if run.epochs]

    def _area(self) -> ChartArea:
        if self.chart is None:
            self.chart = ChartArea(self.context.language)
            body = self._fold.body.children[0]
            body.children = (*body.children[:-1], self.chart, self.use)
        return self.chart


def _final(run: RunLike, metric: str) -> float:
    """Return a metric at the end of the sweep's epochs: a run that was continued afterwards has no advantage."""
    return last_value(epoch_values(run.record(), metric)[: run.hyperparameters.get("epochs")])


def _best_value(points: list[Point], metric: str) -> Any:
    """Return the value whose run ended best; None when fewer than two can be told apart."""
    numbers = np.array([number for _, number in points], dtype=np.float64)
    place = best_epoch(metric, numbers) if len(points) > 1 else None
    return None if place is None else points[place][0]
