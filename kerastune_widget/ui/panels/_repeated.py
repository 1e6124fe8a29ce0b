"""What the parts of the lab that train several runs have in common: a form, start, stop, how far it is, a table."""

from __future__ import annotations

import html
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import ipywidgets

from ...core.events import RepeatEnded, RepeatEvent, RunEnded, RunRequested
from ...core.plots.repeat_band import build
from ...core.text import NO_TEXT, Text
from ...core.training import RepeatedLike, SpreadLike
from ...errors import KerasTuneError
from ..chart import ChartArea
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._standing import TRAINING

MOST_PANES = 3

_STOP = Text(en="Stop", zh="停止")
_STOP_HELP = Text(en="End it after the present step; runs that ended stay", zh="在当前步之后结束；已完成的运行会保留")
_DONE = Text(en="{done} of {count} runs ended.", zh="已完成 {done}/{count} 次运行。")


class RepeatedPanel(Panel):
    """A form, a start and a stop button, how far the newest one is, and its table.

    Attributes:
        start: Starts it.
        stop: Ends it early.
        chart: Its curves; None until there are some.
    """

    TITLE: ClassVar[Text]
    OPEN: ClassVar[bool] = False
    HINT: ClassVar[Text]
    START: ClassVar[Text]
    """Words on the start button; ``{count}`` is how many runs there will be."""

    NAME: ClassVar[str]
    """Style class of the part."""

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self.chart: ChartArea | None = None
        self._announce = announce
        self._complaint = NO_TEXT
        self._known: object = None  # what was drawn last
        self.start, self.stop = make(ipywidgets.Button, icon="repeat"), make(ipywidgets.Button, icon="stop")
        self._hint, self._line, self._note, self._table = (make(ipywidgets.HTML) for _ in range(4))
        self._hint.add_class("kerastune-hint")
        self._note.add_class("kerastune-note")
        actions = box([self.start, self.stop, self._line], "lab-actions", horizontal=True)
        self._drawn = box([], "repeated-drawn")
        form = box(self.make_form(), "lab-form")
        self.widget = box([self._hint, form, actions, self._note, self._table, self._drawn], self.NAME)
        context.on_click(self.start, self._start)
        context.on_click(self.stop, context.session.stop)
        self.translate()

    # ---------------------------------------------------------------- what each part says

    @property
    @abstractmethod
    def newest(self) -> Any:
        """The newest one of its kind; None before the first."""

    @property
    @abstractmethod
    def runs(self) -> int:
        """How many runs the form asks for."""

    @abstractmethod
    def make_form(self) -> list[Any]:
        """Return the widgets that are filled in."""

    @abstractmethod
    def label_form(self) -> None:
        """Write the words of the form."""

    @abstractmethod
    def begin(self) -> None:
        """Start one as the form says."""

    @abstractmethod
    def write_table(self, newest: Any) -> str:
        """Return the table as HTML; empty for none yet."""

    def summary(self, newest: Any) -> Text:
        """Return what a screen reader is told at the end."""
        return self._progress(newest)

    # ---------------------------------------------------------------- drawing

    def translate(self) -> None:
        """Write every text anew; what was filled in stays."""
        say = self.context.say
        self._hint.value = f"<p>{html.escape(say(self.HINT))}</p>"
        self.stop.description, self.stop.tooltip = say(_STOP), say(_STOP_HELP)
        self.label_form()
        if self.chart is not None:
            self.chart.set_language(self.context.language)
        self._known = None
        self._draw()

    def update(self, batch: Batch) -> bool:
        """Follow the newest one."""
        if any(isinstance(event, RepeatEvent | RunEnded | RunRequested) for event in batch.events):
            self._draw()
            newest = self.newest
            if newest is not None and newest.ended and batch.last(RepeatEnded) is not None:
                self._announce(self.context.say(self.summary(newest)))
                if self.chart is not None:
                    self.chart.finish()
        self.enable()
        return False

    def enable(self) -> None:
        """Let start and stop be pressed where they do something."""
        busy, newest = self.context.standing in TRAINING, self.newest
        self.start.description = self.context.say(self.START, count=self.runs)
        self.start.disabled = busy or not self.context.session.can_train
        self.stop.disabled = newest is None or newest.ended or not busy

    def _start(self) -> None:
        self._complaint = NO_TEXT
        try:
            if self.context.standing not in TRAINING:
                self.start.disabled = True  # at once, against a double click; events decide from then on
                self.begin()
        except KerasTuneError as error:
            self._complaint = error.text
        self._draw()
        self.context.nudge()

    def _draw(self) -> None:
        newest = self.newest
        rows = () if newest is None else (newest.number, tuple(newest.rows))
        if rows != self._known:
            self._known = rows
            self._table.value = self.write_table(newest) if newest is not None else ""
            show_if(self._table, bool(self._table.value))
            self.draw_chart(newest)
        self._write(newest)
        self.enable()

    def draw_chart(self, newest: RepeatedLike | None) -> None:
        """Draw each run, their mean and their band."""
        if newest is None or not any(row.epochs for row in newest.rows):
            return
        if self.chart is None:
            self.chart = ChartArea(self.context.language)
            self._drawn.children = (self.chart,)
        side = "val_" if newest.metric.startswith("val_") else ""
        others = [metric for metric in newest.metrics if metric != newest.metric and metric.startswith(side)]
        self.chart.show(build(newest.rows, [newest.metric, *others][:MOST_PANES]))

    def _write(self, newest: RepeatedLike | SpreadLike | None) -> None:
        say = self.context.say
        words = html.escape(say(self._progress(newest))) if newest is not None else ""
        self._line.value = f'<span role="status" aria-live="off">{words}</span>'
        failed = newest.error if newest is not None else None
        wrong = html.escape(say(self._complaint if self._complaint.en else failed or NO_TEXT))
        told = "".join(f"<p>{html.escape(say(text))}</p>" for text in (newest.notices if newest is not None else ()))
        self._note.value = f'<span class="kerastune-error" role="alert">{wrong}</span>{told}'
        show_if(self._note, bool(wrong or told))

    def _progress(self, newest: Any) -> Text:
        return _DONE.filled(done=self.done(newest), count=self.planned(newest))

    def done(self, newest: Any) -> int:
        """Return how many of its runs have ended."""
        return len(newest.rows)

    def planned(self, newest: Any) -> int:
        """Return how many runs it is to have."""
        return int(newest.planned)
