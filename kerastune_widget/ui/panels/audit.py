"""The audit: checks of why the model answers differently, a line each, with cause and fix."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import ClassVar

import ipywidgets

from ...core.audit import AuditCheck, summary
from ...core.events import AuditEnded, AuditEvent
from ...core.text import NO_TEXT, Text
from ...core.training import AuditLike
from ...errors import KerasTuneError
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._standing import TRAINING

_START = Text(en="Audit the model", zh="审查模型")
_START_HELP = Text(
    en="Measure why the model answers differently from one time to the next; it is put back exactly as it was",
    zh="测量模型每次结果为何不同；之后模型会完全恢复原状",
)
_STOP = Text(en="Stop", zh="停止")
_STOP_HELP = Text(en="End the audit after the check that goes on", zh="完成当前检查后结束审查")
_HINT = Text(
    en="Calls your model in pairs that ought to give the same: twice on one input, one row alone and in a batch, "
    "before "
    "and after saving, trained twice with one seed. Where the answers differ, it names the layer and the fix.",
    zh="成对地调用模型，每一对本应得到相同的结果：同一输入两次、单独一行与整批、保存前后、用同一个种子训练两次。"
    "若结果不同，"
    "就指出是哪一层造成的，以及如何解决。",
)
_PREPARING = Text(en="Preparing…", zh="正在准备……")
_GOING = Text(en="Check {place} of {planned}: {title}…", zh="第 {place}/{planned} 项检查：{title}……")
_STOPPED = Text(en="Stopped after {made} of {planned} checks.", zh="已停止：完成了 {made}/{planned} 项检查。")
_FIX = Text(en="Fix", zh="解决办法")


class AuditPanel(Panel):
    """A button, how far the audit is, and a line for each check.

    Attributes:
        start: Starts an audit.
        stop: Ends it early.
        lines: The checks that were made, as HTML.
    """

    TITLE: ClassVar[Text] = Text(en="Why does it answer differently?", zh="为什么每次结果不同？")
    OPEN: ClassVar[bool] = False

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self._announce = announce
        self._complaint = NO_TEXT
        self.start, self.stop = make(ipywidgets.Button, icon="search"), make(ipywidgets.Button, icon="stop")
        self._status, self._hint, self.lines = (make(ipywidgets.HTML) for _ in range(3))
        self._hint.add_class("kerastune-hint")
        actions = box([self.start, self.stop, self._status], "lab-actions", horizontal=True)
        self.widget = box([self._hint, actions, self.lines], "audit")
        context.on_click(self.start, self.begin)
        context.on_click(self.stop, context.session.stop)
        self.translate()

    @property
    def audit(self) -> AuditLike | None:
        """The newest audit."""
        audits = self.context.session.audits
        return audits[-1] if audits else None

    def begin(self) -> None:
        """Start an audit, unless something trains."""
        self._complaint = NO_TEXT
        try:
            if self.context.standing not in TRAINING:
                self.start.disabled = True  # at once, against a double click; its events decide from then on
                self.context.session.start_audit()
        except KerasTuneError as error:
            self._complaint = error.text
        self._draw()
        self.context.nudge()

    def translate(self) -> None:
        """Write every text anew."""
        say = self.context.say
        self.start.description, self.start.tooltip = say(_START), say(_START_HELP)
        self.stop.description, self.stop.tooltip = say(_STOP), say(_STOP_HELP)
        self._hint.value = f"<p>{html.escape(say(_HINT))}</p>"
        self._draw()

    def update(self, batch: Batch) -> bool:
        """Draw new outcomes."""
        if any(isinstance(event, AuditEvent) for event in batch.events):
            self._draw()
            if batch.last(AuditEnded) is not None and self.audit is not None:
                self._announce(self.context.say(self._line(self.audit)))
        self._enable()
        return False

    def _draw(self) -> None:
        audit = self.audit
        show_if(self._hint, audit is None)
        line = html.escape(self.context.say(NO_TEXT if audit is None else self._line(audit)))
        wrong = [text for text in (self._complaint, (audit and audit.error) or NO_TEXT) if text.en]
        alarms = [
            f'<span class="kerastune-error" role="alert">{html.escape(self.context.say(one))}</span>' for one in wrong
        ]
        self._status.value = " ".join([*([f'<span role="status">{line}</span>'] if line else []), *alarms])
        self.lines.value = "" if audit is None else self._list(audit)
        self._enable()

    def _line(self, audit: AuditLike) -> Text:
        made, planned = len(audit.checks), audit.planned
        if not audit.ended:
            title = planned[made] if made < len(planned) else NO_TEXT
            return _GOING.filled(place=made + 1, planned=len(planned), title=title) if title.en else _PREPARING
        if audit.error is not None:
            return NO_TEXT
        return _STOPPED.filled(made=made, planned=len(planned)) if made < len(planned) else summary(audit.checks)

    def _list(self, audit: AuditLike) -> str:
        items = "".join(self._item(check) for check in audit.checks)
        return f'<ul class="kerastune-audit-checks">{items}</ul>' if items else ""

    def _item(self, check: AuditCheck) -> str:
        say: Callable[[Text], str] = lambda text: html.escape(self.context.say(text))  # noqa: E731
        kind = "finding" if check.is_finding else "expected" if check.expected else check.verdict
        head = f'<span aria-hidden="true">{check.icon}</span> <b>{say(check.title)}</b>'
        word = f'<span class="kerastune-audit-word">{say(check.word)}</span>'
        cause = f"<p>{say(check.cause)}</p>" if check.cause.en else ""
        fix = f"<p><b>{say(_FIX)}</b> {say(check.fix)}</p>" if check.fix.en else ""
        return f'<li class="kerastune-audit-{kind}">{head} {word}{cause}{fix}</li>'

    def _enable(self) -> None:
        audit = self.audit
        self.start.disabled = self.context.standing in TRAINING or not self.context.session.can_train
        self.stop.disabled = audit is None or audit.ended
