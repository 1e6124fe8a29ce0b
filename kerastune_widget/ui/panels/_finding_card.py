"""One finding as a card: what was seen, what to do, why it matters, and a button that does it."""

from __future__ import annotations

import html
import inspect
import sys
from collections.abc import Callable

import ipywidgets

from ...core.diagnosis import Finding, Severity
from ...core.text import Text
from ...errors import KerasTuneError
from ._base import Context, box, show_if

_ICONS: dict[Severity, str] = {"problem": "✖", "warning": "▲", "info": "●", "good": "✔"}
_SEVERITIES: dict[Severity, Text] = {
    "problem": Text(en="Problem", zh="问题"),
    "warning": Text(en="Warning", zh="警告"),
    "info": Text(en="Note", zh="提示"),
    "good": Text(en="Good", zh="良好"),
}
_WHY = Text(en="Why?", zh="为什么？（英文）")
_SECTIONS = {
    "What it sees": Text(en="What it sees.", zh="它看到什么："),
    "Why it matters": Text(en="Why it matters.", zh="为何重要："),
    "When it is wrong": Text(en="When it is wrong.", zh="何时会误判："),
    "Source": Text(en="Source.", zh="依据："),
}
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
            f'<div class="kerastune-advice">{html.escape(finding.advice(language))}</div>'
        )
        show_if(self.show, finding.span is not None)
        self._write_apply()

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
        except KerasTuneError as error:
            self.apply.tooltip = str(error)
        self._write_apply()
        self.context.nudge()  # the control moves with the next drawing

    def _reasons(self) -> str:
        """Return the rule's own words as a fold."""
        sections = rule_sections(self.finding)
        if not sections:
            return ""
        notes = "".join(
            f'<p><b>{self.context.say(_SECTIONS[name])}</b> <span lang="en">{html.escape(text)}</span></p>'
            for name, text in sections
        )
        return f"<details><summary>{self.context.say(_WHY)}</summary>{notes}</details>"


def rule_sections(finding: Finding) -> list[tuple[str, str]]:
    """Return the known sections of the docstring of the rule's module, by name."""
    module = sys.modules.get(finding.rule.check.__module__)
    paragraphs: list[str] = []
    for line in inspect.cleandoc(module.__doc__ or "").splitlines() if module else []:
        if line.startswith(" ") and paragraphs:
            paragraphs[-1] += " " + line.strip()
        else:
            paragraphs.append(line.strip())
    sections = (paragraph.partition(":") for paragraph in paragraphs)
    return [(name, text.strip()[:1].upper() + text.strip()[1:]) for name, _, text in sections if name in _SECTIONS]
