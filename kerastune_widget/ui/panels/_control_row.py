"""One control as a person meets it: its field, its parts, its switch, and what was wrong with a value."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ipywidgets

from ...core.control import ControlSpec
from ...core.spelling import name_of
from ...core.text import NO_TEXT, Text
from ...errors import KerasTuneError
from ..making import make, show_if
from ._base import Context, box
from ._choice_settings import ChoiceSettings
from ._fields import Field, NumberField, field_for
from ._fold import Fold

_VALUE = Text(en="Value", zh="数值")
_CHOICE = Text(en="Choice", zh="选项")
_ONE_BY_ONE = Text(en="Layer by layer", zh="逐层设置")
_MIXED = Text(en="Layer by layer (differ)", zh="逐层设置（各不相同）")


@dataclass(frozen=True)
class Place:
    """Where a value is kept.

    Attributes:
        read: Returns it.
        write: Takes a new one, in normal form.
    """

    read: Callable[[], Any]
    write: Callable[[Any], None]


class ControlRow:
    """Shows the session's setting of one control, or a parameter of it, and passes on each change.

    Attributes:
        spec: What the control is.
        field: The field of the value, of all parts together if it has parts.
        enabled: The check box of an optional control; None for others.
        parts: A field for each part, by name.
        settings: The parameters of the present choice; None for a control whose choices never have any.
        widget: What is shown.
    """

    def __init__(self, context: Context, spec: ControlSpec, place: Place | None = None) -> None:
        """Build the row.

        Args:
            context: What the panels have in common.
            spec: What the control is.
            place: Where its value is kept; the session's settings when left out.
        """
        self.context, self.spec = context, spec
        self._own = place is None  # its description may change while the session goes on
        self._place = place or self._in_session()
        self._last: dict[Any, Any] = {}  # how each choice was set last, its parameters included
        self.settings = ChoiceSettings(context, self._make_parameter) if _has_parameters(spec) else None
        label = spec.title if not spec.optional else _CHOICE if spec.kind == "choice" else _VALUE
        self.field: Field = field_for(spec)(context, spec, label, self._set)
        self.enabled = self._make_enabled() if spec.optional else None
        self.parts = {part: self._make_part(part) for part in spec.parts}
        parts = [field.widget for field in self.parts.values()]
        self._fold = Fold(context, _ONE_BY_ONE, parts) if parts else None
        self._note = make(ipywidgets.HTML)
        self._note.add_class("kerastune-note")
        self._shown: Any = object()  # like no value, so that the first refresh writes
        self._error: KerasTuneError | None = None
        self.widget = box([*self._rows(), self._note], "control", f"control-{spec.kind}")
        for field in (self.field, *self.parts.values()):
            field.disable(spec.disabled is not None)
        self.refresh()
        self._write_note()

    def refresh(self) -> None:
        """Show the session's setting if it is another than the one shown; a slider in motion is left alone."""
        self._follow_spec()
        value = self._place.read()
        if value != self._shown:
            self._shown, self._error = value, None
            self._show(value)
            self._write_note()

    def translate(self) -> None:
        """Write every text anew."""
        for field in (self.field, *self.parts.values()):
            field.translate()
        if self._fold is not None:
            self._fold.translate()
        if self.settings is not None:
            self.settings.translate()
        if self.enabled is not None:
            self.enabled.description = self.context.say(self.spec.title)
            self.enabled.tooltip = self.context.say(self.spec.help)
        self._write_note()

    def _rows(self) -> list[Any]:
        folds = [fold.widget for fold in (self._fold, self.settings) if fold is not None]
        rows = [self.enabled, self.field.widget, *folds]
        return [row for row in rows if row is not None]

    def _make_enabled(self) -> Any:
        box_ = make(ipywidgets.Checkbox, value=False, indent=False, disabled=self.spec.disabled is not None)
        box_.description, box_.tooltip = self.context.say(self.spec.title), self.context.say(self.spec.help)
        return self.context.on_change(box_, self._enable)

    def _make_part(self, part: str) -> Field:
        spec = replace(self.spec, help=NO_TEXT)
        return NumberField(self.context, spec, Text.same(part), lambda value: self._set_part(part, value))

    def _make_parameter(self, parameter: ControlSpec) -> ControlRow:
        """Return the row of a parameter of the present choice; it acts when the choice does."""
        name, session = self.spec.name, self.context.session

        def read() -> Any:
            return self.spec.parameters_of(session.settings[name]).get(parameter.name, parameter.default)

        def write(value: Any) -> None:
            session.set(name, self.spec.with_parameters(session.settings[name], **{parameter.name: value}))
            self.refresh()

        return ControlRow(self.context, replace(parameter, effect=self.spec.effect), Place(read, write))

    def _in_session(self) -> Place:
        name, session = self.spec.name, self.context.session
        return Place(lambda: session.settings[name], lambda value: session.set(name, value))

    def _follow_spec(self) -> None:
        """Take over another description: a session lists a person's own optimizer or schedule once it knows it."""
        spec = self.context.session.controls.get(self.spec.name, self.spec) if self._own else self.spec
        if spec is not self.spec:
            self.spec = self.field.spec = spec
            self.field.translate()

    def _set(self, value: Any) -> None:
        try:
            self._place.write(self.spec.check(value if self.settings is None else self._with_parameters(value)))
            self._error = None
        except KerasTuneError as error:
            self._error = error
        else:
            self._shown = self._place.read()
            self._show(self._shown)
        self._write_note()

    def _with_parameters(self, value: Any) -> Any:
        """Return a choice with its parameters as they were last; with the present ones where all choices have them."""
        if self.spec.choice_of(value) is None or name_of(value) != value:
            return value
        if all(choice.parameters == self.spec.choices[0].parameters for choice in self.spec.choices):
            return self.spec.with_parameters(value, **self.spec.parameters_of(self._shown))
        return self._last.get(value, value)

    def _set_part(self, part: str, value: Any) -> None:
        self._set({**self._part_values(self._shown), part: value})

    def _enable(self, enabled: bool) -> None:
        if enabled != (self._shown is not None):
            self._set(self._starting_value() if enabled else None)

    def _show(self, value: Any) -> None:
        if self.enabled is not None:
            self.enabled.value = value is not None
            show_if(self.field.widget, value is not None)
        if self.settings is not None:
            self._last[name_of(value)] = value
            self.settings.show(self.spec, value)
        if value is None:
            return
        together, parts = value, {}
        if self._fold is not None:
            parts = self._part_values(value)
            together = round(sum(parts.values()) / len(parts), 2) if isinstance(value, Mapping) else value
            self._fold.retitle(_MIXED if len(set(parts.values())) > 1 else _ONE_BY_ONE)
        self.field.show(together)
        for part, number in parts.items():
            self.parts[part].show(number)

    def _part_values(self, value: Any) -> dict[str, Any]:
        """Return the value of each part, whether ``value`` is one number or a dict of some parts."""
        defaults = self.spec.part_defaults or (0.0,) * len(self.spec.parts)
        known = value if isinstance(value, Mapping) else dict.fromkeys(self.spec.parts, value)
        return {part: known.get(part, start) for part, start in zip(self.spec.parts, defaults, strict=False)}

    def _starting_value(self) -> Any:
        """Return a modest value to start with when an optional control is switched on."""
        given = self.spec.suggested if self.spec.default is None else self.spec.default
        if given is not None:
            return given
        if self.spec.kind in ("choice", "toggle"):
            return self.spec.choices[0].value if self.spec.choices else True
        low, high = self.spec.slider_range or (self.spec.minimum or 0.0, self.spec.maximum or 1.0)
        step = self.spec.step or (high - low) / 20
        return round(low + round((high - low) / 4 / step) * step, 10)

    def _write_note(self) -> None:
        kind = ' class="kerastune-error" role="alert"' if self._error else ""
        note = self.context.say(self._error.text if self._error else self.spec.disabled or NO_TEXT)
        self._note.value = f"<span{kind}>{html.escape(note)}</span>"
        show_if(self._note, bool(note))


def _has_parameters(spec: ControlSpec) -> bool:
    return any(choice.parameters for choice in spec.choices)
