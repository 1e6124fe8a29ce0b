"""Fields: how one value of each kind is shown and edited. A field knows no session; it calls back with what was set."""

from __future__ import annotations

import html
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import ipywidgets

from ...core.control import EFFECTS, ControlSpec, Effect, readable
from ...core.text import Text
from ..making import make
from ._base import Context, box

BADGES: dict[Effect, Text] = {
    "step": Text(en="now", zh="即时"),
    "epoch": Text(en="next epoch", zh="下一轮"),
    "run": Text(en="next run", zh="下次运行"),
}
_TOOLTIP = Text(en="{help} ({effect})", zh="{help}（{effect}）")

_LOG_STEP = 0.05  # decades
_LINEAR_STEPS = 100
_LEAST = 1e-6  # of the greatest value: where a logarithmic slider begins that may go down to zero


class Field(ABC):
    """One editable value.

    Attributes:
        widget: What is shown.
    """

    widget: Any

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        self.context, self.spec, self.title = context, spec, title
        self._changed = changed
        self._showing = False

    @abstractmethod
    def write(self, value: Any) -> None:
        """Put ``value`` into the widgets."""

    @abstractmethod
    def inputs(self) -> list[Any]:
        """Return the widgets a person can change, the labelled one first."""

    def show(self, value: Any) -> None:
        """Show ``value`` without calling back."""
        self._showing = True
        try:
            self.write(value)
        finally:
            self._showing = False

    def translate(self) -> None:
        """Write label and tooltip anew."""
        say = self.context.say
        labelled, *others = self.inputs()
        labelled.description = self.label()
        tooltip = say(_TOOLTIP, help=say(self.spec.help) or say(self.title), effect=say(EFFECTS[self.spec.effect]))
        for widget in (labelled, *others):
            widget.tooltip = tooltip

    def label(self) -> str:
        """Return the title with its badge."""
        return f"{html.escape(self.context.say(self.title))} {self.badge()}"

    def badge(self) -> str:
        """Return when a change takes effect, shown while training only."""
        badge = self.context.say(BADGES[self.spec.effect])
        return f'<span class="kerastune-badge kerastune-badge-{self.spec.effect}">{badge}</span>'

    def disable(self, disabled: bool) -> None:
        """Allow changes or not."""
        for widget in self.inputs():
            widget.disabled = disabled

    def _tell(self, value: Any) -> None:
        if not self._showing:
            self._changed(value)


class NumberField(Field):
    """A number field over a slider, linked both ways; ``log_slider`` moves by orders of magnitude."""

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        super().__init__(context, spec, title, changed)
        self._written: Any = None
        self._slid: Any = None  # what the slider was moved to last
        self.text = make(ipywidgets.Text, continuous_update=False, description_allow_html=True)
        self.slider = self._log_slider() if spec.kind == "log_slider" else self._linear_slider()
        self.widget = box([self.text, self.slider], "number")
        self.translate()
        context.on_change(self.text, self._tell)
        context.on_change(self.slider, self._slide)

    def inputs(self) -> list[Any]:
        """Return number field and slider."""
        return [self.text, self.slider]

    def write(self, value: Any) -> None:
        """Show ``value`` in both; a slider already there, perhaps under a finger, is not touched."""
        self.text.value, self._written = readable(value), value
        if self._tidy(self.slider.value) != value:
            low, high = self._range()
            self.slider.value = min(max(float(value), low), high)

    def _slide(self, position: float) -> None:
        """Pass on where the slider was moved to; a page that shows it moves it to its nearest step by itself."""
        if self._showing:
            return
        value = self._written
        if value is None or value == self._slid or not math.isclose(position, self._nearest_step(value), rel_tol=1e-6):
            self._slid = self._tidy(position)
            self._tell(self._slid)

    def _nearest_step(self, value: float) -> float:
        low, high = self._range()
        if self.spec.kind != "log_slider":
            return low + round((value - low) / self._step()) * self._step()
        step, start = self.spec.step or _LOG_STEP, math.log10(low)
        return float(10 ** (start + round((math.log10(min(max(value, low), high)) - start) / step) * step))

    def _range(self) -> tuple[float, float]:
        low, high = self.spec.slider_range or (self.spec.minimum, self.spec.maximum)
        high = float(1.0 if high is None else high)
        return float(low or (_LEAST * high if self.spec.kind == "log_slider" else 0.0)), high

    def _step(self) -> float:
        low, high = self._range()
        return self.spec.step or (high - low) / _LINEAR_STEPS

    def _log_slider(self) -> Any:
        low, high = self._range()
        decades = {"min": math.log10(low), "max": math.log10(high), "step": self.spec.step or _LOG_STEP}
        return make(ipywidgets.FloatLogSlider, value=high, base=10, readout=False, **decades)

    def _linear_slider(self) -> Any:
        low, high = self._range()
        return make(ipywidgets.FloatSlider, value=low, min=low, max=high, step=self._step(), readout=False)

    def _tidy(self, value: float) -> float | int:
        """Return the round number that a slider position stands for."""
        if self.spec.kind == "log_slider":
            return float(f"{value:.2g}")
        low = self._range()[0]
        number = round(low + round((value - low) / self._step()) * self._step(), 10)
        return int(number) if isinstance(self.spec.default, int) else number


class IntegerField(Field):
    """A number field for whole numbers, with arrows."""

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        super().__init__(context, spec, title, changed)
        low = int(spec.minimum or 0)
        high = 2**31 - 1 if spec.maximum is None else int(spec.maximum)
        self.widget = make(ipywidgets.BoundedIntText, value=low, min=low, max=high, description_allow_html=True)
        self.translate()
        context.on_change(self.widget, self._tell)

    def inputs(self) -> list[Any]:
        """Return the number field."""
        return [self.widget]

    def write(self, value: Any) -> None:
        """Show ``value``."""
        self.widget.value = int(value)


class StepsField(Field):
    """A number field over a slider that stops at the suggested numbers; the field takes others where the spec does."""

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        super().__init__(context, spec, title, changed)
        self._values: list[int] = [choice.value for choice in spec.choices]
        options = [(str(value), value) for value in self._values]
        self.text = make(ipywidgets.Text, continuous_update=False, description_allow_html=True)
        self.slider = make(ipywidgets.SelectionSlider, options=options, readout=False)
        self.widget = box([self.text, self.slider], "number")
        self.translate()
        context.on_change(self.text, self._tell)
        context.on_change(self.slider, self._tell)

    def inputs(self) -> list[Any]:
        """Return number field and slider."""
        return [self.text, self.slider]

    def write(self, value: Any) -> None:
        """Show ``value``; the slider goes to the nearest suggestion."""
        self.text.value = readable(value)
        self.slider.value = min(self._values, key=lambda suggestion: abs(suggestion - value))

    def _tell(self, value: Any) -> None:
        """Pass on a number rather than text where it is one, as a choice is compared by value."""
        text = str(value).strip()
        super()._tell(int(text) if text.isdecimal() else value)


class NumbersField(Field):
    """A text field for several numbers with commas between them."""

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        super().__init__(context, spec, title, changed)
        self.widget = make(ipywidgets.Text, continuous_update=False, description_allow_html=True)
        self.translate()
        context.on_change(self.widget, self._tell)

    def inputs(self) -> list[Any]:
        """Return the text field."""
        return [self.widget]

    def write(self, value: Any) -> None:
        """Show the numbers."""
        self.widget.value = ", ".join(readable(number) for number in value)


class ChoiceField(Field):
    """A drop-down list. Of a choice with parameters it shows and passes on the name alone."""

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        super().__init__(context, spec, title, changed)
        self._unlisted: tuple[str, ...] = ()  # what was set without being a choice of the list
        self.widget = make(ipywidgets.Dropdown, options=self._options(), description_allow_html=True)
        super().translate()
        context.on_change(self.widget, self._tell)

    def inputs(self) -> list[Any]:
        """Return the list."""
        return [self.widget]

    def write(self, value: Any) -> None:
        """Select ``value``."""
        choice = self.spec.choice_of(value)
        if choice is None and value not in self._unlisted:
            self._unlisted = (*self._unlisted, value)
            self._write_options(self.widget.value)
        self.widget.value = value if choice is None else choice.value

    def translate(self) -> None:
        """Write label, tooltip and the names of the choices anew, keeping the selection."""
        super().translate()
        self._write_options(self.widget.value)

    def _write_options(self, value: Any) -> None:
        before, self._showing = self._showing, True
        with self.widget.hold_sync():  # setting the options alone would jump to the first
            self.widget.options = self._options()
            self.widget.value = value
        self._showing = before

    def _options(self) -> list[tuple[str, Any]]:
        listed = [(self.context.say(choice.title), choice.value) for choice in self.spec.choices]
        known = [value for _, value in listed]
        return [*listed, *((str(value), value) for value in self._unlisted if value not in known)]


class ToggleField(Field):
    """A check box."""

    def __init__(self, context: Context, spec: ControlSpec, title: Text, changed: Callable[[Any], None]) -> None:
        super().__init__(context, spec, title, changed)
        self.check_box = make(ipywidgets.Checkbox, value=False, indent=False)
        self._badge = make(ipywidgets.HTML)  # apart: a check box shows its description, tags and all, as its tooltip
        self.widget = box([self.check_box, self._badge], "toggle", horizontal=True)
        self.translate()
        context.on_change(self.check_box, self._tell)

    def inputs(self) -> list[Any]:
        """Return the check box."""
        return [self.check_box]

    def write(self, value: Any) -> None:
        """Tick it or not."""
        self.check_box.value = bool(value)

    def translate(self) -> None:
        """Write label, tooltip and badge anew."""
        super().translate()
        self._badge.value = self.badge()

    def label(self) -> str:
        """Return the title alone."""
        return self.context.say(self.title)


_FIELDS: dict[str, type[Field]] = {
    "slider": NumberField,
    "log_slider": NumberField,
    "integer": IntegerField,
    "choice": ChoiceField,
    "toggle": ToggleField,
    "numbers": NumbersField,
}


def field_for(spec: ControlSpec) -> type[Field]:
    """Return the kind of field that draws ``spec``."""
    return StepsField if spec.kind == "choice" and ascending(spec) else _FIELDS[spec.kind]


def ascending(spec: ControlSpec) -> bool:
    """Return whether the choices are numbers in ascending order."""
    values = [choice.value for choice in spec.choices]
    numbers = all(isinstance(value, int) and not isinstance(value, bool) for value in values)
    return numbers and len(values) > 1 and values == sorted(values)
