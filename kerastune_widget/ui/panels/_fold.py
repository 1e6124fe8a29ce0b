"""A section that opens and closes in the browser alone, so that it works while a cell blocks the kernel."""

from __future__ import annotations

from typing import Any

import ipywidgets

from ...core.text import Text
from ..making import make
from ._base import Context, box


class Fold:
    """A button over a body; the style sheet hides the body while the button is up. Works by keyboard."""

    def __init__(self, context: Context, title: Text, children: list[Any]) -> None:
        self._context, self._title = context, title
        self.toggle = context.guard(make(ipywidgets.ToggleButton, value=False))
        self.toggle.add_class("kerastune-fold-toggle")
        self.body = box(children, "fold-body")
        self.widget = box([self.toggle, self.body], "fold")
        self.translate()

    def translate(self) -> None:
        """Write the title anew."""
        self.toggle.description = self.toggle.tooltip = self._context.say(self._title)

    def retitle(self, title: Text) -> None:
        """Give the fold another title."""
        self._title = title
        self.translate()
