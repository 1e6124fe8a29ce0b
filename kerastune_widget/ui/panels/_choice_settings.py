"""What else can be set of the present choice: the parameters of a schedule or an optimizer, in a fold below it."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import ipywidgets

from ...core.control import Choice, ControlSpec
from ...core.plots._words import in_sentence
from ...core.text import NO_TEXT, Text
from ..making import make, show_if
from ._base import Context, box
from ._fold import Fold

_TITLE = Text(en="Settings of {choice}", zh="“{choice}”的设置")
_CHANGED = Text(en="Settings of {choice} · {count} changed", zh="“{choice}”的设置 · 已改动 {count} 项")
_MORE = Text(en="More", zh="更多")


class Row(Protocol):
    """What shows one parameter."""

    spec: ControlSpec
    widget: Any

    def refresh(self) -> None:
        """Show the value as it is."""

    def translate(self) -> None:
        """Write every text anew."""


class _Parameters:
    """The rows of one choice, those for the few in a fold of their own if there are others."""

    def __init__(self, context: Context, choice: Choice, rows: dict[str, Row]) -> None:
        self._context, self._choice, self.rows = context, choice, rows
        self._help = make(ipywidgets.HTML)
        self._help.add_class("kerastune-note")
        plain = [row.widget for row in rows.values() if not row.spec.advanced]
        advanced = [row.widget for row in rows.values() if row.spec.advanced]
        self._more = Fold(context, _MORE, advanced) if plain and advanced else None
        self.widget = box([self._help, *plain, *([self._more.widget] if self._more else advanced)], "parameters")
        self._write_help()

    def refresh(self, values: Mapping[str, Any]) -> None:
        """Bring the rows up to date; one that acts beside another is there while that is on."""
        for row in self.rows.values():
            row.refresh()
            show_if(row.widget, row.spec.acts_beside(values))

    def translate(self) -> None:
        """Write every text anew."""
        for row in self.rows.values():
            row.translate()
        if self._more is not None:
            self._more.translate()
        self._write_help()

    def _write_help(self) -> None:
        self._help.value = html.escape(self._context.say(self._choice.help))
        show_if(self._help, bool(self._help.value))


class ChoiceSettings:
    """A fold with a row for each parameter of the choice that is made; not there for a choice without any.

    Rows are built when the fold is first opened, and kept: trying one choice after the other builds nothing twice.

    Attributes:
        fold: The fold; its title says how many parameters are not at their default.
        widget: What is shown.
    """

    def __init__(self, context: Context, make_row: Callable[[ControlSpec], Row]) -> None:
        self._context, self._make_row = context, make_row
        self._groups: dict[Any, _Parameters] = {}
        self._choice: Choice | None = None
        self._values: Mapping[str, Any] = {}
        self.fold = Fold(context, NO_TEXT, [])
        self.widget = self.fold.widget
        context.on_change(self.fold.toggle, lambda _: self._show_rows())
        show_if(self.widget, False)

    @property
    def rows(self) -> Mapping[str, Row]:
        """The rows of the present choice by parameter; none before the fold was opened."""
        group = self._groups.get(self._choice.value) if self._choice is not None else None
        return {} if group is None else group.rows

    def show(self, spec: ControlSpec, value: Any) -> None:
        """Show the parameters of ``value``, a value of ``spec`` or None."""
        self._choice = None if value is None else spec.choice_of(value)
        self._values = {} if self._choice is None else spec.parameters_of(value)
        settable = self._choice is not None and spec.disabled is None
        show_if(self.widget, settable and bool(self._choice and self._choice.parameters))
        self._write_title()
        self._show_rows()

    def translate(self) -> None:
        """Write every text anew."""
        self._write_title()
        for group in self._groups.values():
            group.translate()

    def _show_rows(self) -> None:
        """Bring the rows of the present choice up to date, and build them if the fold is open."""
        choice = self._choice
        if choice is None:
            return
        if self.fold.toggle.value and choice.parameters and choice.value not in self._groups:
            rows = {one.name: self._make_row(one) for one in choice.parameters}
            self._groups[choice.value] = _Parameters(self._context, choice, rows)
            self.fold.body.children = tuple(group.widget for group in self._groups.values())
        for value, group in self._groups.items():
            show_if(group.widget, value == choice.value)
        if choice.value in self._groups:
            self._groups[choice.value].refresh(self._values)

    def _write_title(self) -> None:
        if self._choice is None:
            return
        changed = sum(self._values[one.name] != one.default for one in self._choice.parameters)
        title = self._choice.title
        words = Text(en=in_sentence(title.en) if " " in title.en else title.en, zh=title.zh)
        self.fold.retitle((_CHANGED if changed else _TITLE).filled(choice=words, count=changed))
        (self.fold.toggle.add_class if changed else self.fold.toggle.remove_class)("kerastune-fold-marked")
