"""The optimizer race: several optimizers from the same start over the same batches, their table, their sensitivity."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, ClassVar

import ipywidgets

from ...core.control import readable
from ...core.events import RangeTestEvent, RepeatEnded, RunDeleted, RunEnded, RunRequested, RunRestored, RunStarted
from ...core.plots.rate_sensitivity import build
from ...core.race import RaceRow
from ...core.text import NO_TEXT, Text
from ...core.training import RaceLike
from ...core.value_text import setting_value
from ...errors import KerasTuneError
from ..chart import ChartArea
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._race_form import RaceForm
from ._race_table import race_table, ranked
from ._standing import TRAINING

FEWEST = 2

_HINT = Text(
    en="Trains every optimizer from the same start over the same batches, for as many epochs as the settings say. "
    "Their curves are drawn together on the chart above.",
    zh="让每个优化器从相同的起点、用相同的批次训练，轮数按当前设置。它们的曲线一起画在上方的图中。",
)
_START = Text(en="Start race ({count} runs)", zh="开始比较（{count} 次运行）")
_START_HELP = Text(en="Train the ticked optimizers one after the other", zh="依次训练勾选的优化器")
_STOP = Text(en="Stop", zh="停止")
_STOP_HELP = Text(
    en="End the race after the present step; runs that ended stay", zh="在当前步之后结束；已完成的运行会保留"
)
_TOO_FEW = Text(en="Tick at least two optimizers.", zh="请至少勾选两个优化器。")
_TESTING = Text(en="Finding a rate for each optimizer…", zh="正在为每个优化器寻找学习率……")
_GOING = Text(en="Run {done} of {count}: {optimizer}", zh="第 {done}/{count} 次运行：{optimizer}")
_DONE = Text(en="{done} of {count} runs ended.", zh="已完成 {done}/{count} 次运行。")
_TAKE = Text(en="Take over", zh="采用")
_USE = Text(en="Use {optimizer} at {rate}", zh="采用 {optimizer}，学习率 {rate}")
_USE_HELP = Text(en="Set optimizer and learning rate for the next run", zh="为下次运行设置优化器和学习率")
_USED = Text(en="Set: {optimizer}, learning rate {rate}.", zh="已设置：{optimizer}，学习率 {rate}。")
_TURNS = (RunRequested, RunStarted, RunEnded, RunDeleted, RunRestored, RangeTestEvent, RepeatEnded)


class RacePanel(Panel):
    """A form, how far the newest race is, its table, and what each optimizer makes of other rates.

    Attributes:
        form: Which optimizers, at which rates.
        start: Starts a race.
        stop: Ends it early.
        choice: Which row of the table to take over, best first.
        use: Sets its optimizer and rate.
        chart: The metric against the rate; None until a race had runs at several rates.
    """

    TITLE: ClassVar[Text] = Text(en="Optimizer race", zh="优化器比较")
    OPEN: ClassVar[bool] = False

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self.chart: ChartArea | None = None
        self._announce = announce
        self._complaint = self._told = NO_TEXT
        self._rows: list[RaceRow] = []
        self._floor: float | None = None
        self._picked: int | None = None  # the race of which a person chose a row; else the best is chosen
        self._writing = False
        self.start, self.stop = make(ipywidgets.Button, icon="flag-checkered"), make(ipywidgets.Button, icon="stop")
        self.choice, self.use = make(ipywidgets.Dropdown), make(ipywidgets.Button, icon="check")
        self._hint, self._line, self._note, self._table = (make(ipywidgets.HTML) for _ in range(4))
        self._hint.add_class("kerastune-hint")
        self._note.add_class("kerastune-note")
        self.form = RaceForm(context, self._enable)
        actions = box([self.start, self.stop, self._line], "lab-actions", horizontal=True)
        self._taking = box([self.choice, self.use], "lab-actions", horizontal=True)
        self._drawn = box([], "race-drawn")
        parts = [self._hint, self.form.widget, actions, self._note, self._table, self._taking, self._drawn]
        self.widget = box(parts, "race")
        context.on_click(self.start, self._start)
        context.on_click(self.stop, context.session.stop)
        context.on_click(self.use, self._use)
        context.on_change(self.choice, self._choose)
        self.translate()
        self._draw()

    @property
    def race(self) -> RaceLike | None:
        """The newest race."""
        races = self.context.session.races
        return races[-1] if races else None

    def translate(self) -> None:
        """Write every text anew; choices stay."""
        say = self.context.say
        self._hint.value = f"<p>{html.escape(say(_HINT))}</p>"
        self.form.translate()
        self.start.tooltip, self.stop.description, self.stop.tooltip = say(_START_HELP), say(_STOP), say(_STOP_HELP)
        self.choice.description = self.choice.tooltip = say(_TAKE)
        self.use.tooltip = say(_USE_HELP)
        if self.chart is not None:
            self.chart.set_language(self.context.language)
        self._rows = []  # their titles too are written anew
        self._draw()

    def update(self, batch: Batch) -> bool:
        """Follow the newest race."""
        if any(isinstance(event, _TURNS) for event in batch.events):
            self._draw()
            self._end(batch)
        self._enable()
        return False

    def _start(self) -> None:
        self._complaint = self._told = NO_TEXT
        optimizers, options = self.form.read()
        try:
            if self.context.standing not in TRAINING:
                self.start.disabled = True  # at once, against a double click; events decide from then on
                self.context.session.start_race(optimizers, **options)
        except KerasTuneError as error:
            self._complaint = error.text
        self._draw()
        self.context.nudge()

    def _draw(self) -> None:
        race = self.race
        rows = ranked(race.rows) if race is not None else []
        floor = self.context.session.noise_floor(rows[0].metric, best=True) if rows else None
        if (rows, floor) != (self._rows, self._floor):
            self._rows, self._floor = rows, floor
            self._offer(rows)
            controls = self.context.session.controls
            self._table.value = race_table(rows, controls, self.context.language, floor) if rows else ""
            if any(len(row.sensitivity) > 1 for row in rows) and race is not None:
                known = self.context.selection.colours  # as on the chart of the runs
                colours = {row.optimizer: known[row.run] for row in rows if row.run in known}
                self._area().show(build(rows, controls=controls, colours=colours))
        show_if(self._table, bool(rows))
        show_if(self._taking, bool(rows))
        self._write()
        self._enable()

    def _area(self) -> ChartArea:
        if self.chart is None:
            self.chart = ChartArea(self.context.language)
            self._drawn.children = (self.chart,)
        return self.chart

    def _offer(self, rows: list[RaceRow]) -> None:
        """List the rows, keeping the one that a person chose, else the best."""
        chosen = self.choice.value if self.race is not None and self._picked == self.race.number else None
        names = [row.optimizer for row in rows]
        self._writing = True
        with self.choice.hold_sync():
            self.choice.options = [(self.context.say(self._title(name)), name) for name in names]
            self.choice.value = chosen if chosen in names else next(iter(names), None)
        self._writing = False

    def _choose(self, _: Any) -> None:
        if not self._writing and self.race is not None:
            self._picked = self.race.number
            self._write()

    def _use(self) -> None:
        row, session = self._chosen, self.context.session
        if row is None:
            return
        rate = float(_rate(row.rate))
        try:
            session.set("optimizer", row.optimizer)
            session.set("learning_rate", rate)
        except KerasTuneError as error:
            self._complaint = error.text
        else:
            self._complaint = NO_TEXT
            self._told = _USED.filled(optimizer=self._title(row.optimizer), rate=_rate(rate))
        self._announce(self.context.say(self._complaint if self._complaint.en else self._told))
        self._write()
        self.context.nudge()

    @property
    def _chosen(self) -> RaceRow | None:
        return next((row for row in self._rows if row.optimizer == self.choice.value), None)

    def _title(self, optimizer: Any) -> Text:
        return setting_value("optimizer", optimizer, self.context.session.controls)

    def _end(self, batch: Batch) -> None:
        race = self.race
        if race is not None and race.ended and batch.last(RunEnded) is not None:
            self._announce(self.context.say(self._progress(race)))
            if self.chart is not None:
                self.chart.finish()

    def _enable(self) -> None:
        say, race = self.context.say, self.race
        count = self.form.runs
        self.start.description = say(_START, count=count)
        few = len(self.form.optimizers.values) < FEWEST
        busy = self.context.standing in TRAINING
        self.start.disabled = few or busy or not self.context.session.can_train
        self.start.tooltip = say(_TOO_FEW if few else _START_HELP)
        self.stop.disabled = race is None or race.ended or not busy

    def _write(self) -> None:
        """Write how far it is, what was set, and what went wrong."""
        race, say = self.race, self.context.say
        lines = [self._progress(race) if race is not None else NO_TEXT, self._told]
        words = " ".join(html.escape(say(text)) for text in lines if text.en)
        self._line.value = f'<span role="status" aria-live="off">{words}</span>'
        wrong = html.escape(say(self._wrong(race)))
        told = "".join(f"<p>{html.escape(say(text))}</p>" for text in (race.notices if race is not None else ()))
        self._note.value = f'<span class="kerastune-error" role="alert">{wrong}</span>{told}'
        show_if(self._note, bool(wrong or told))
        row = self._chosen
        if row is not None:
            self.use.description = say(_USE, optimizer=self._title(row.optimizer), rate=_rate(row.rate))

    def _wrong(self, race: RaceLike | None) -> Text:
        """Return what was refused, or why the range tests of a race led to no run."""
        tests = self.context.session.range_tests
        if self._complaint.en or race is None or not race.tuned or not race.ended or race.runs or not tests:
            return self._complaint
        return tests[-1].error or NO_TEXT

    def _progress(self, race: RaceLike) -> Text:
        done, active = len(race.runs), self.context.session.active
        if race.testing:
            return _TESTING
        if not race.ended and done and active is not None and active.number == race.runs[-1]:
            optimizer = self._title(active.hyperparameters["optimizer"])
            return _GOING.filled(done=done, count=race.planned, optimizer=optimizer)
        return _DONE.filled(done=done, count=race.planned)


def _rate(value: float) -> str:
    return readable(float(f"{value:.3g}"))
