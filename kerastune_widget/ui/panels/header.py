"""The header: name, how the run stands, language."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from ...core.text import NO_TEXT, Language, Text
from ..making import make
from ..publisher import Batch
from ._base import Context, Panel, box
from ._standing import Standing

_STATUS: dict[Standing, Text] = {
    "ready": Text(en="ready", zh="就绪"),
    "preparing": Text(en="preparing", zh="准备中"),
    "testing": Text(en="running", zh="进行中"),
    "auditing": Text(en="running", zh="进行中"),
    "repeating": Text(en="training", zh="训练中"),
    "waiting": Text(en="waiting", zh="等待中"),
    "running": Text(en="training", zh="训练中"),
    "paused": Text(en="paused", zh="已暂停"),
    "finished": Text(en="finished", zh="已完成"),
    "stopped": Text(en="stopped", zh="已停止"),
    "diverged": Text(en="diverged", zh="已发散"),
    "failed": Text(en="failed", zh="失败"),
    "interrupted": Text(en="interrupted", zh="被中断"),
}
_RUN = Text(en="Run {number}", zh="第 {number} 次运行")
_REPEAT = Text(en="Repeated runs", zh="重复运行")
_TEST = Text(en="Range test {number}", zh="第 {number} 次范围测试")
_AUDIT = Text(en="Audit {number}", zh="第 {number} 次审查")
_PROOF = Text(en="Proof {number}", zh="验证 {number}")
_LANGUAGES: tuple[tuple[str, Language], ...] = (("EN", "en"), ("中文", "zh"))


class HeaderPanel(Panel):
    """A thin line above everything.

    Attributes:
        languages: The language switch.
    """

    def __init__(self, context: Context, speak: Callable[[Language], None]) -> None:
        super().__init__(context)
        self._drawn = context.standing
        self._shown = self._name()
        self._title = make(ipywidgets.HTML)
        self.languages = make(ipywidgets.ToggleButtons, options=_LANGUAGES, value=context.language)
        self.languages.tooltips = ("English", "简体中文")
        self.languages.add_class("kerastune-languages")
        context.on_change(self.languages, speak)
        self.widget = box([self._title, self.languages], "header", horizontal=True)
        self.translate()

    def translate(self) -> None:
        """Write the line anew and set the switch."""
        self.languages.value = self.context.language
        status = self.context.say(_STATUS[self.context.standing])
        number = self.context.say(self._shown) + " · " if self._shown.en else ""
        self._title.value = (
            '<span class="kerastune-title">KerasTune</span>'
            f'<span class="kerastune-status kerastune-status-{self.context.standing}">{number}{status}</span>'
        )

    def add(self, widget: ipywidgets.DOMWidget) -> None:
        """Put something small before the language switch."""
        *before, languages = self.widget.children
        self.widget.children = (*before, widget, languages)

    def update(self, batch: Batch) -> bool:
        """Follow the run."""
        before = self._drawn, self._shown
        self._drawn, self._shown = self.context.standing, self._name()
        if before != (self._drawn, self._shown):
            self.translate()
        return False

    def _name(self) -> Text:
        run, tests = self.context.run, self.context.session.range_tests
        if self.context.standing == "testing" and tests:
            return _TEST.filled(number=tests[-1].number)
        if self.context.standing == "auditing":
            return _AUDIT.filled(number=self.context.session.audits[-1].number)
        if self.context.standing == "repeating":
            return _REPEAT
        if run is None:
            return NO_TEXT
        return _RUN.filled(number=run.number) if run.proof is None else _PROOF.filled(number=run.proof.proof)
