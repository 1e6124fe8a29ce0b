"""The header: name, how the run stands, language."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from ...core.events import RunStatus
from ...core.text import Language, Text
from ..publisher import Batch
from ._base import Context, Panel, box
from ._standing import follow_standing, standing

_STATUS: dict[RunStatus | None, Text] = {
    None: Text(en="ready", zh="就绪"),
    "waiting": Text(en="waiting", zh="等待中"),
    "running": Text(en="training", zh="训练中"),
    "paused": Text(en="paused", zh="已暂停"),
    "finished": Text(en="finished", zh="已完成"),
    "stopped": Text(en="stopped", zh="已停止"),
    "diverged": Text(en="diverged", zh="已发散"),
    "failed": Text(en="failed", zh="失败"),
}
_RUN = Text(en="Run {number}", zh="第 {number} 次运行")
_LANGUAGES: tuple[tuple[str, Language], ...] = (("EN", "en"), ("中文", "zh"))


class HeaderPanel(Panel):
    """A thin line above everything.

    Attributes:
        languages: The language switch.
    """

    def __init__(self, context: Context, speak: Callable[[Language], None]) -> None:
        super().__init__(context)
        self._status = standing(context)
        self._number = context.run.number if context.run else 0
        self._title = ipywidgets.HTML()
        self.languages = ipywidgets.ToggleButtons(options=_LANGUAGES, value=context.language)
        self.languages.tooltips = ("English", "简体中文")
        self.languages.add_class("kerastune-languages")
        context.on_change(self.languages, speak)
        self.widget = box([self._title, self.languages], "header", horizontal=True)
        self.translate()

    def translate(self) -> None:
        """Write the line anew and set the switch."""
        self.languages.value = self.context.language
        status = self.context.say(_STATUS[self._status])
        number = self.context.say(_RUN, number=self._number) + " · " if self._number else ""
        self._title.value = (
            '<span class="kerastune-title">KerasTune</span>'
            f'<span class="kerastune-status kerastune-status-{self._status or "ready"}">{number}{status}</span>'
        )

    def update(self, batch: Batch) -> bool:
        """Follow the run."""
        before = self._status, self._number
        self._status = follow_standing(self._status, batch)
        if batch.events:
            self._number = max(self._number, batch.events[-1].run)
        if before != (self._status, self._number):
            self.translate()
        return False
