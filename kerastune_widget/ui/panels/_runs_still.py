"""The runs where our JavaScript does not run: a plain table, and a list with buttons, so that nothing is lost."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets

from ...core.plots._words import run_title
from ...core.text import Text
from ..making import make, show_if
from ..saved_table import table
from ._base import Context, box

_RUN = Text(en="Run", zh="运行")
_BUTTONS = {
    "toggle": Text(en="Show / hide", zh="显示/隐藏"),
    "settings": Text(en="Use settings", zh="使用其设置"),
    "continue": Text(en="Continue", zh="继续训练"),
    "branch": Text(en="Branch…", zh="分支…"),
    "adopt": Text(en="Adopt weights", zh="采用权重"),
    "delete": Text(en="Delete", zh="删除"),
    "undo": Text(en="Undo delete", zh="撤销删除"),
}

Row = Mapping[str, Any]


class RunsStill:
    """A static table over a list of runs with buttons; hidden, and empty, until ``show`` is called.

    Attributes:
        list: The runs to choose from.
        buttons: What can be done with the chosen one, by action.
        widget: What is shown.
    """

    def __init__(self, context: Context, act: Callable[[str, Mapping[str, Any]], None]) -> None:
        self.context, self._act = context, act
        self._rows: Sequence[Row] = ()
        self._table = make(ipywidgets.HTML)
        self._table.add_class("kerastune-runs-plain")
        self.list = context.guard(make(ipywidgets.Dropdown))
        self.buttons = {name: self._button(name) for name in _BUTTONS}
        self._message = make(ipywidgets.HTML)
        line = box([self.list, *self.buttons.values()], "runs-still-actions", horizontal=True)
        self.widget = box([self._table, line, self._message], "runs-still")
        show_if(self.widget, False)
        self.translate()

    def translate(self) -> None:
        """Write every text anew."""
        say = self.context.say
        self.list.description = self.list.tooltip = say(_RUN)
        for name, button in self.buttons.items():
            button.description = button.tooltip = say(_BUTTONS[name])
        if self._rows:
            self.show(self._rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Show the rows, keeping the run that was chosen."""
        self._rows = rows
        language = self.context.language
        self._table.value = table(self.context.session, language) if rows else ""
        options = [(run_title(row["number"], row["name"]).get(language), row["number"]) for row in reversed(rows)]
        if tuple(options) != self.list.options:
            chosen = self.list.value
            with self.list.hold_sync():
                self.list.options = options
                numbers = [number for _, number in options]
                self.list.value = chosen if chosen in numbers else next(iter(numbers), None)
        show_if(self.widget, True)

    def tell(self, text: Text) -> None:
        """Say what came of an action."""
        self._message.value = f'<span role="status">{html.escape(self.context.say(text))}</span>'

    def hide(self) -> None:
        """Take it off the page and out of the saved notebook: a page draws the live table."""
        self._rows = ()
        self._table.value = ""
        show_if(self.widget, False)

    def _button(self, name: str) -> ipywidgets.Button:
        button = make(ipywidgets.Button)
        self.context.on_click(button, lambda: self._click(name))
        return button

    def _click(self, name: str) -> None:
        run = self.list.value
        if run is None and name != "undo":
            return
        if name == "toggle":
            self._act("tick", {"run": run, "shown": run not in self.context.selection.shown})
        else:
            self._act(name, {"run": run})
