"""One finding as a card: what was seen, what to do, why it matters, and a button that does it."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets

from ...core.diagnosis import Finding, Severity
from ...core.documentation import read_sections
from ...core.text import NO_TEXT, Text
from ...errors import KerasTuneError
from ._base import Context, box, show_if

_ICONS: dict[Severity, str] = {"problem": "✖", "warning": "▲", "info": "●", "good": "✔"}
_SEVERITIES: dict[Severity, Text] = {
    "problem": Text(en="Problem", zh="问题"),
    "warning": Text(en="Warning", zh="警告"),
    "info": Text(en="Note", zh="提示"),
    "good": Text(en="Good", zh="良好"),
}
_WHY = Text(en="Why?", zh="为什么？")
_HEADING = Text(en="{heading}. ", zh="{heading}：")
_SHOW = Text(en="Show on chart", zh="在图中标出")
_SHOW_HELP = Text(en="Highlight the epochs that show it", zh="在图中标出相应的训练轮次")
_APPLY_HELP = Text(
    en="Set it for the next run, or at once where possible", zh="用于下次运行；可以即时生效的设置会立即生效"
)
_APPLIED = Text(en="Applied", zh="已应用")


class FindingCard:
    """Draws one finding; made once for its code and then changed in place, so that nothing flickers or loses focus.

    Attributes:
        finding: What it shows at present.
        apply: The button that applies the fix; hidden when there is none.
        show: The switch that highlights the evidence on the chart; hidden when it has no span.
        widget: What is shown.
    """

    def __init__(self, context: Context, finding: Finding, selected: Callable[[FindingCard, bool], None]) -> None:
        self.context, self.finding = context, finding
        self._text, self._why = ipywidgets.HTML(), ipywidgets.HTML()
        self._refused = NO_TEXT  # why the fix was not accepted
        self.apply = ipywidgets.Button(icon="check")
        self.show = ipywidgets.ToggleButton()
        self._actions = box([self.apply, self.show, self._why], "card-actions", horizontal=True)
        self.widget = box([self._text, self._actions], "card", f"card-{finding.severity}")
        context.on_click(self.apply, self._apply)
        context.on_change(self.show, lambda value: selected(self, value))
        self.translate()

    @property
    def applied(self) -> bool:
        """Whether the control stands at what the fix asks for."""
        fix = self.finding.fix
        return fix is not None and self.context.session.settings.get(fix.control) == fix.value

    def update(self, finding: Finding, place: int) -> None:
        """Show the newest form of the finding at ``place``; what has not changed is not sent."""
        if finding.fix != self.finding.fix:
            self._refused = NO_TEXT
        self.finding = finding
        self.widget.layout.display = None
        self.widget.layout.order = str(place)  # moving the card itself would make the browser draw it anew
        self._write()

    def hide(self) -> None:
        """Take it off the page, keeping it for the next time it is found."""
        self.widget.layout.display = "none"

    def translate(self) -> None:
        """Write every text anew."""
        self.show.description, self.show.tooltip = self.context.say(_SHOW), self.context.say(_SHOW_HELP)
        self._why.value = self._reasons()
        self._write()

    def _write(self) -> None:
        finding, language = self.finding, self.context.language
        severity = self.context.say(_SEVERITIES[finding.severity])
        self._text.value = (
            f'<div class="kerastune-card-title"><span class="kerastune-icon" role="img" aria-label="{severity}" '
            f'title="{severity}">{_ICONS[finding.severity]}</span><b>{html.escape(finding.title(language))}</b>'
            f'<span class="kerastune-code">{finding.code}</span></div>'
            f"<div>{html.escape(finding.message(language))}</div>"
            f'<div class="kerastune-advice">{html.escape(finding.advice(language))}</div>{self._refusal()}'
        )
        show_if(self.show, finding.span is not None)
        self._write_apply()

    def _refusal(self) -> str:
        why = html.escape(self.context.say(self._refused))
        return why and f'<div class="kerastune-error" role="alert">{why}</div>'

    def _write_apply(self) -> None:
        fix = self.finding.fix
        show_if(self.apply, fix is not None and fix.control in self.context.session.controls)
        if fix is None:
            return
        label = self.context.say(fix.label)
        self.apply.description = f"{label} · {self.context.say(_APPLIED)}" if self.applied else label
        self.apply.disabled = self.applied
        self.apply.tooltip = self.context.say(_APPLY_HELP)

    def _apply(self) -> None:
        fix = self.finding.fix
        if fix is None:
            return
        try:
            self.context.session.set(fix.control, fix.value)
            self._refused = NO_TEXT
        except KerasTuneError as error:
            self._refused = error.text
        self._write()
        self.context.nudge()  # the control moves with the next drawing

    def _reasons(self) -> str:
        """Return the rule's documentation as a fold."""
        say, sections = self.context.say, read_sections(self.finding.rule.documentation, self.context.language)
        notes = "".join(
            f"<p><b>{say(_HEADING, heading=heading)}</b>{html.escape(words[:1].upper() + words[1:])}</p>"
            for heading, words in sections
        )
        return f"<details><summary>{say(_WHY)}</summary>{notes}</details>" if notes else ""
