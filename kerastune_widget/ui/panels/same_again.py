"""Same again: what holds when a run is repeated, what cannot be promised, and where the runs are trained."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, ClassVar

import ipywidgets

from ...core.environment import Environment
from ...core.events import RunEnded, StrictCostMeasured
from ...core.promises import Promise
from ...core.text import NO_TEXT, Language, Text
from ...errors import KerasTuneError
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._standing import TRAINING

_MEASURE = Text(en="Measure what strict mode costs", zh="测量严格模式的代价")
_MEASURE_HELP = Text(
    en="Takes the same steps with and without deterministic operations, on a copy",
    zh="在副本上分别以两种方式训练相同的步数",
)
_MEASURING = Text(en="Measuring…", zh="正在测量……")
_HOLDS, _NO_PROMISE = Text(en="Holds", zh="可以保证"), Text(en="Cannot be promised", zh="无法保证")
_WHERE = Text(en="Where this is trained", zh="训练环境")
_REQUIREMENTS = Text(en="To install elsewhere", zh="在别处重现所需安装")


class SameAgainPanel(Panel):
    """Promises, the record of this environment, what to install elsewhere, and what strict mode costs.

    Attributes:
        measure: Measures what strict mode costs.
    """

    TITLE: ClassVar[Text] = Text(en="The same again", zh="同样的结果再来一次")
    OPEN: ClassVar[bool] = False

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self._announce = announce
        self._complaint = NO_TEXT
        self.measure = make(ipywidgets.Button, icon="clock-o")
        self._line, self._note, self._promises, self._record = (make(ipywidgets.HTML) for _ in range(4))
        self._note.add_class("kerastune-note")
        actions = box([self.measure, self._line], "lab-actions", horizontal=True)
        self.widget = box([self._promises, actions, self._note, self._record], "same-again")
        context.on_click(self.measure, self._measure)
        self.translate()

    def translate(self) -> None:
        """Write every text anew."""
        session, language = self.context.session, self.context.language
        self.measure.description = self.context.say(_MEASURE)
        self.measure.tooltip = self.context.say(_MEASURE_HELP)
        self._promises.value = _promises(session.promises, language)
        known = session.environment
        requirements = session.requirements() if session.can_train else ""
        self._record.value = _record(known, requirements, language) if known is not None else ""
        self._write()

    def update(self, batch: Batch) -> bool:
        """Tell what was measured."""
        if batch.last(StrictCostMeasured) is not None:
            self._write()
            self._announce(self.context.say(self._told()))
        elif batch.last(RunEnded) is not None:
            self.translate()  # what a run imported is to be installed elsewhere, too
        self._enable()
        return False

    def _measure(self) -> None:
        self._complaint = NO_TEXT
        try:
            if self.context.standing not in TRAINING:
                self.measure.disabled = True  # at once, against a double click
                self.context.session.start_strict_cost()
        except KerasTuneError as error:
            self._complaint = error.text
        self._write()
        self.context.nudge()

    def _told(self) -> Text:
        costs: Any = self.context.session.strict_costs
        if not costs:
            return NO_TEXT
        if not costs[-1].ended:
            return _MEASURING
        return costs[-1].result.text if costs[-1].result is not None else NO_TEXT

    def _write(self) -> None:
        say, costs = self.context.say, self.context.session.strict_costs
        self._line.value = f'<span role="status" aria-live="off">{html.escape(say(self._told()))}</span>'
        failed = costs[-1].error if costs else None
        wrong = html.escape(say(self._complaint if self._complaint.en else failed or NO_TEXT))
        self._note.value = f'<span class="kerastune-error" role="alert">{wrong}</span>'
        show_if(self._note, bool(wrong))
        self._enable()

    def _enable(self) -> None:
        session = self.context.session
        self.measure.disabled = self.context.standing in TRAINING or session.training or not session.can_train


def _promises(promises: Any, language: Language) -> str:
    kept = [one for one in promises if one.kept]
    lists = ((_HOLDS, "✔", kept), (_NO_PROMISE, "✖", [one for one in promises if not one.kept]))
    return "".join(_list(title, icon, chosen, language) for title, icon, chosen in lists if chosen)


def _list(title: Text, icon: str, promises: list[Promise], language: Language) -> str:
    lines = "".join(
        f'<p><span class="kerastune-icon" aria-hidden="true">{icon}</span> {html.escape(one.text.get(language))}</p>'
        for one in promises
    )
    return f"<p><b>{html.escape(title.get(language))}</b></p>{lines}"


def _record(environment: Environment, requirements: str, language: Language) -> str:
    lines = "".join(
        f'<tr><th scope="row">{html.escape(title.get(language))}</th><td>{html.escape(value)}</td></tr>'
        for title, value in environment.lines
    )
    where = f'<table class="kerastune-lab-table"><tbody>{lines}</tbody></table>'
    told = f"<details><summary>{html.escape(_WHERE.get(language))}</summary>{where}</details>"
    if requirements:
        listed = f"<pre>{html.escape(requirements)}</pre>"
        told += f"<details><summary>{html.escape(_REQUIREMENTS.get(language))}</summary>{listed}</details>"
    return told
