"""Several of a few values, ticked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets

from ...core.text import Text
from ..making import make
from ._base import Context, box


class CheckedValues:
    """A check box for each value, side by side.

    Attributes:
        boxes: The check boxes, by value.
        widget: What is shown.
    """

    def __init__(self, context: Context, titles: Mapping[Any, Text], changed: Callable[[], None]) -> None:
        """Tick nothing.

        Args:
            context: Where it stands.
            titles: The values and how they are called, in the order to show them.
            changed: Called when a person ticks or unticks one.
        """
        self._context, self._titles, self._changed = context, dict(titles), changed
        self._showing = False
        self.boxes = {value: context.on_change(make(ipywidgets.Checkbox, indent=False), self._tell) for value in titles}
        self.widget = box(list(self.boxes.values()), "checked", horizontal=True)
        self.translate()

    @property
    def values(self) -> list[Any]:
        """The values that are ticked, in order."""
        return [value for value, ticked in self.boxes.items() if ticked.value]

    def show(self, values: Sequence[Any]) -> None:
        """Tick these and no others."""
        self._showing = True
        for value, ticked in self.boxes.items():
            ticked.value = value in values
        self._showing = False

    def translate(self) -> None:
        """Write the names anew."""
        for value, ticked in self.boxes.items():
            ticked.description = ticked.tooltip = self._context.say(self._titles[value])

    def _tell(self, _: bool) -> None:
        if not self._showing:
            self._changed()
