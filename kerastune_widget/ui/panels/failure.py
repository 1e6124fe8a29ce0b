"""What went wrong: the message of a failed run, Python's report folded under it."""

from __future__ import annotations

import html

import ipywidgets

from ...core.events import RunEnded, RunQueued, RunStarted
from ...core.text import Text
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel

_TITLE = Text(en="The run failed", zh="运行失败")
_HINT = Text(
    en="The session is still usable: change a setting and press Run again.",
    zh="会话仍可使用：修改设置后可再次点击“运行”。",
)
_FOLD = Text(en="Python's full report", zh="完整的 Python 错误报告")


class FailurePanel(Panel):
    """Empty, and without any room, until a run fails."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        run = context.run
        self._error, self._report = (run.error, run.traceback) if run and run.status == "failed" else ("", "")
        self.widget = make(ipywidgets.HTML)
        self.widget.add_class("kerastune-failure")
        self.translate()

    def translate(self) -> None:
        """Write everything anew; what Python said stays as it was said."""
        show_if(self.widget, bool(self._error))
        self.widget.value = self._page() if self._error else ""

    def update(self, batch: Batch) -> bool:
        """Show a failure, and hide it when the next run begins."""
        before = self._error
        for event in batch.events:
            if isinstance(event, RunStarted | RunQueued):
                self._error = ""
            elif isinstance(event, RunEnded) and event.status == "failed":
                self._error, self._report = event.error or self.context.say(_TITLE), event.traceback
        if before != self._error:
            self.translate()
        return False

    def _page(self) -> str:
        say = self.context.say
        return (
            f'<div role="alert"><b>✖ {say(_TITLE)}</b>'
            f'<p class="kerastune-failure-message">{html.escape(self._error)}</p>'
            f"<p>{say(_HINT)}</p>"
            f"<details><summary>{say(_FOLD)}</summary><pre>{html.escape(self._report)}</pre></details></div>"
        )
