"""What a person can do with a run of the table; each is handed to the session, and a refusal is told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...core.text import NO_TEXT, Text
from ...errors import KerasTuneError
from ._base import Context
from ._naming import naming

_ADOPTED = Text(en="Your model now has the weights of {run}.", zh="您的模型已采用{run}的权重。")
_USED = Text(en="The controls stand at the settings of {run}.", zh="左侧控件已设为{run}的设置。")
_GONE = Text(en="There is no deleted run left to bring back.", zh="没有可恢复的已删除运行。")

Content = Mapping[str, Any]


class RunActions:
    """Carries out actions by name, as the table's page and its fallback ask for them.

    Attributes:
        said: What came of the last action; empty when it shows by itself.
        complaint: Why the last action was refused; empty when it was not.
    """

    def __init__(self, context: Context, show_code: Callable[[int, str], None]) -> None:
        self.context = context
        self.said = self.complaint = NO_TEXT
        self._show_code = show_code
        self._actions: dict[str, Callable[[int, Content], object]] = {
            "look": lambda run, _: context.selection.look_at(run),
            "only": lambda run, _: context.selection.only(run),
            "tick": lambda run, content: context.selection.tick(run, bool(content.get("shown"))),
            "pin": lambda run, content: context.session.label(run, pinned=bool(content.get("pinned"))),
            "rename": lambda run, content: context.session.label(run, name=_words(content, "name")),
            "note": lambda run, content: context.session.label(run, note=_words(content, "note")),
            "settings": self._use_settings,
            "continue": lambda run, _: context.session.continue_run(run=run),
            "branch": self._branch,
            "adopt": self._adopt,
            "code": lambda run, _: self._show_code(run, context.session.find(run).to_code()),
            "delete": lambda run, _: context.session.delete(run),
            "undo": self._undo,
        }

    def __contains__(self, action: object) -> bool:
        return action in self._actions

    def do(self, action: str, content: Content) -> None:
        """Carry out ``action`` on the run that ``content`` names; call it under the lock."""
        self.said = self.complaint = NO_TEXT
        number = content.get("run")
        try:
            self._actions[action](number if isinstance(number, int) else 0, content)
        except KerasTuneError as error:
            self.complaint = error.text
        self.context.nudge()

    def _use_settings(self, run: int, _: Content) -> None:
        self.context.session.use_settings(run)
        self.said = _USED.filled(run=self._title(run))

    def _adopt(self, run: int, _: Content) -> None:
        self.context.session.adopt(run)
        self.said = _ADOPTED.filled(run=self._title(run))

    def _undo(self, *_: object) -> None:
        if self.context.session.undo_delete() is None:
            self.complaint = _GONE

    def _branch(self, run: int, content: Content) -> None:
        """Ask where to branch, starting with the last epoch that is kept."""
        kept = self.context.session.find(run).kept_epochs
        if kept:
            self.context.picked(run, kept[-1])

    def _title(self, run: int) -> Text:
        return naming(self.context.session.find(run))


def _words(content: Content, name: str) -> str:
    return str(content.get(name, "")).strip()[:200]
