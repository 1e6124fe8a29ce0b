"""The range test: the loss while the learning rate rises, drawn live, and the rates that it suggests."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, ClassVar

import ipywidgets

from ...core.events import RangeTestEnded, RangeTestEvent
from ...core.plots.range_test import build, rate_text, titles
from ...core.text import NO_TEXT, Text
from ...core.training import RangeTestLike
from ...core.value_text import setting_value
from ...errors import KerasTuneError
from ..chart import ChartArea
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._range_form import RangeForm
from ._range_result import ResultView
from ._standing import TRAINING

_START = Text(en="Start range test", zh="开始范围测试")
_START_HELP = Text(
    en="Raise the learning rate from step to step on a copy of the model; nothing is changed by it",
    zh="在模型的副本上逐步提高学习率；不会改变任何东西",
)
_STOP = Text(en="Stop", zh="停止")
_STOP_HELP = Text(en="End the range test and keep the curves so far", zh="结束范围测试，保留已得到的曲线")
_HINT = Text(
    en="Raises the learning rate from step to step, from far too small to far too large, and watches the loss. A good "
    "rate lies where the loss falls steadily, well before it rises.",
    zh="让学习率从远远过小逐步升到远远过大，观察损失的变化。合适的学习率位于损失稳定下降之处，并与开始上升之处保持距离。",
)
_PREPARING = Text(en="Preparing the model…", zh="正在准备模型……")
_GOING = Text(en="Curve {curve} of {planned}{what}", zh="第 {curve}/{planned} 条曲线{what}")
_WHAT = Text(en=": {title}", zh="：{title}")
_STOPPED = Text(en="Stopped after {curves} of {planned} curves.", zh="已停止：得到 {curves}/{planned} 条曲线。")
_TESTED = Text(
    en="Tested with {optimizer}, batch size {size}; curves: {count}.",
    zh="测试条件：{optimizer}，批大小 {size}；曲线 {count} 条。",
)
_TAKE = Text(en="Click a rate on the chart, or press Apply.", zh="可在图上点选学习率，或点击“应用”。")
_PICK = Text(en="A click on the chart sets a rate all the same.", zh="仍可在图上点选学习率。")
_SET = Text(en="Learning rate set to {rate}.", zh="学习率已设为 {rate}。")
_ALSO = Text(en="{title} set to {value}.", zh="{title}已设为 {value}。")


class RangeTestPanel(Panel):
    """A form, the curves of the newest range test, and what each method suggests.

    Attributes:
        form: What to test.
        start: Starts a range test.
        stop: Ends it early.
        chart: The curves; None until the first point.
        results: What came of each optimizer and batch size, in order.
    """

    TITLE: ClassVar[Text] = Text(en="Range test", zh="范围测试")
    OPEN: ClassVar[bool] = True

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self.chart: ChartArea | None = None
        self.results: list[ResultView] = []
        self._announce = announce
        self._complaint = self._told = NO_TEXT
        self.form = RangeForm(context, self._enable)
        self.start, self.stop = make(ipywidgets.Button, icon="play"), make(ipywidgets.Button, icon="stop")
        self._status, self._note, self._hint = (make(ipywidgets.HTML) for _ in range(3))
        self._note.add_class("kerastune-note")
        self._hint.add_class("kerastune-hint")
        actions = box([self.start, self.stop, self._status], "lab-actions", horizontal=True)
        self._shown = box([], "range-shown")
        self._found = box([], "suggestions")
        self.widget = box([self._hint, actions, self.form.widget, self._note, self._shown, self._found], "range-test")
        context.on_click(self.start, self.begin)
        context.on_click(self.stop, context.session.stop)
        self.translate()
        self._draw()

    @property
    def test(self) -> RangeTestLike | None:
        """The newest range test."""
        tests = self.context.session.range_tests
        return tests[-1] if tests else None

    def begin(self) -> None:
        """Start a range test as the form says, unless something trains."""
        self._complaint = self._told = NO_TEXT
        try:
            if self.context.standing not in TRAINING:
                self.start.disabled = True  # at once, against a double click; its events decide from then on
                self.context.session.start_range_test(**self.form.read())
        except KerasTuneError as error:
            self._complaint = error.text
        self._draw()
        self.context.nudge()

    def translate(self) -> None:
        """Write every text anew."""
        say = self.context.say
        self.form.translate()
        self.start.description, self.start.tooltip = say(_START), say(_START_HELP)
        self.stop.description, self.stop.tooltip = say(_STOP), say(_STOP_HELP)
        self._hint.value = f"<p>{html.escape(say(_HINT))}</p>"
        if self.chart is not None:
            self.chart.set_language(self.context.language)
        for result in self.results:
            result.translate()
        self._write()

    def update(self, batch: Batch) -> bool:
        """Draw new points and results, and follow the settings."""
        self.form.follow()
        if any(isinstance(event, RangeTestEvent) for event in batch.events):
            self._draw()
            if batch.last(RangeTestEnded) is not None:
                self._end()
        for result in self.results:
            result.follow()
        self._enable()
        return False

    def _draw(self) -> None:
        test = self.test
        show_if(self._hint, test is None)
        going = test is not None and (not test.ended or self.chart is not None)
        (self._shown.add_class if going else self._shown.remove_class)("kerastune-chart-to-come")
        if test is not None and test.curves:
            self._show(test)
        self._write()
        self._enable()

    def _show(self, test: RangeTestLike) -> None:
        curves, results = test.curves, test.results
        names = self._optimizers([curve.optimizer for curve in curves])
        if any(len(curve.rates) for curve in curves):
            rates = None if test.ended else test.range
            self._area().show(build(curves, results, optimizers=names, rates=rates, pick=self._settable))
        told = titles(curves, names)
        for place, result in enumerate(results):
            if place == len(self.results):
                self.results.append(ResultView(self.context, self._apply))
            self.results[place].show(result, told[result.optimizer, result.batch_size], alone=len(told) == 1)
        for view in self.results[len(results) :]:
            view.hide()
        if len(self._found.children) != len(self.results):
            self._found.children = tuple(view.widget for view in self.results)

    def _area(self) -> ChartArea:
        if self.chart is None:
            self.chart = ChartArea(self.context.language)
            self.chart.on_pick_x(self._pick)
            self._shown.children = (self.chart,)
        return self.chart

    def _end(self) -> None:
        """Say what came of it, and paint it where no page draws."""
        test = self.test
        if self.chart is not None:
            self.chart.finish()
        if test is not None:
            said = [self.context.say(result.verdict) for result in test.results]
            self._announce(" ".join(said) or self.context.say(self._line(test)))

    @property
    def _settable(self) -> bool:
        return self.context.session.can_train and self.context.session.controls["learning_rate"].disabled is None

    def _pick(self, rate: float) -> None:
        """Set the rate that was picked on the chart; the page speaks on whichever thread the kernel uses."""
        with self.context.lock:
            if self._settable:
                self._apply({"learning_rate": rate})

    def _apply(self, settings: dict[str, Any]) -> None:
        """Set what was picked or suggested, the rate with two significant digits, and say so."""
        session = self.context.session
        changed = {name: value for name, value in settings.items() if name in session.controls}
        changed["learning_rate"] = float(f"{settings['learning_rate']:.2g}")
        told, self._complaint = [], NO_TEXT
        try:
            for name, value in changed.items():
                if session.settings[name] != value or name == "learning_rate":
                    session.set(name, value)
                    told.append(self._sentence(name, value))
        except KerasTuneError as error:
            self._complaint = error.text
        self._told = Text(en=" ".join(text.en for text in told), zh="".join(text.zh for text in told))
        self._announce(self.context.say(self._complaint if self._complaint.en else self._told))
        self._write()
        self.context.nudge()

    def _sentence(self, name: str, value: Any) -> Text:
        if name == "learning_rate":
            return _SET.filled(rate=rate_text(value))
        controls = self.context.session.controls
        return _ALSO.filled(title=controls[name].title, value=setting_value(name, value, controls))

    def _enable(self) -> None:
        standing, session = self.context.standing, self.context.session
        self.start.disabled = standing in TRAINING or not self.form.complete or not session.can_train
        self.stop.disabled = standing != "testing"

    def _write(self) -> None:
        """Write how far it is, what was set, and what went wrong."""
        test = self.test
        line = NO_TEXT if test is None else self._line(test)
        words = [html.escape(self.context.say(text)) for text in (line, self._next(test), self._told) if text.en]
        self._status.value = f'<span role="status" aria-live="off">{" ".join(words)}</span>'
        wrong = self._complaint if self._complaint.en or test is None or test.error is None else test.error
        note = html.escape(self.context.say(wrong))
        self._note.value = f'<span class="kerastune-error" role="alert">{note}</span>'
        show_if(self._note, bool(note))

    def _line(self, test: RangeTestLike) -> Text:
        curves = test.curves
        if not test.ended:
            return self._going(test) if curves else _PREPARING
        if len(curves) < test.planned or any(curve.status == "stopped" for curve in curves):
            return NO_TEXT if test.error is not None else _STOPPED.filled(curves=len(curves), planned=test.planned)
        names = self._optimizers([curve.optimizer for curve in curves])
        if len(titles(curves)) > 1:
            return NO_TEXT
        first = curves[0]
        return _TESTED.filled(optimizer=names[first.optimizer], size=first.batch_size, count=len(curves))

    def _next(self, test: RangeTestLike | None) -> Text:
        """Say what can be done with what came of it."""
        if test is None or not test.ended or not test.results:
            return NO_TEXT
        return _PICK if all(result.rate is None for result in test.results) else _TAKE

    def _going(self, test: RangeTestLike) -> Text:
        curves = test.curves
        names = titles(curves, self._optimizers([curve.optimizer for curve in curves]))
        last = curves[-1]
        what = _WHAT.filled(title=names[last.optimizer, last.batch_size]) if len(names) > 1 else NO_TEXT
        return _GOING.filled(curve=len(curves), planned=test.planned, what=what)

    def _optimizers(self, names: list[str]) -> dict[str, Text]:
        controls = self.context.session.controls
        return {name: setting_value("optimizer", name, controls) for name in names}
