"""What a control is: a hyperparameter that a person can set, described without Keras or widgets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import HyperparameterError, did_you_mean
from .spelling import name_of, spell, unspell
from .text import NO_TEXT, Text

Kind = Literal["slider", "log_slider", "integer", "choice", "toggle", "numbers"]
Effect = Literal["step", "epoch", "run"]

EFFECTS: dict[Effect, Text] = {
    "step": Text(en="acts on the next step", zh="下一步生效"),
    "epoch": Text(en="acts on the next epoch", zh="下一轮生效"),
    "run": Text(en="acts on the next run", zh="下次运行生效"),
}

_NO_CHOICE = Text(
    en="{name} must be one of {accepted}; received {value!r}.{hint}",
    zh="“{title}”必须是 {accepted} 之一；收到的是 {value!r}。{hint}",
)
_NO_TOGGLE = Text(
    en="{name} must be True or False; received {value!r}.",
    zh="“{title}”必须是 True 或 False；收到的是 {value!r}。",
)
_NO_NUMBER = Text(
    en="{name} must be {kind} from {low} to {high}; received {value!r}.",
    zh="“{title}”必须是 {low} 到 {high} 之间的{kind}；收到的是 {value!r}。",
)
_NO_PART = Text(
    en="{name} can be set for {accepted}; received {value!r}.{hint}",
    zh="“{title}”只能为 {accepted} 单独设置；收到的是 {value!r}。{hint}",
)
_DISABLED = Text(
    en="{name} cannot be changed here: {why} Received {value!r}.",
    zh="此处不能更改“{title}”：{why}收到的是 {value!r}。",
)
_NO_PARAMETER = Text(
    en="{name}={value!r} has no parameter {parameter!r}; it has {accepted}.{hint}",
    zh="“{title}”的取值 {value!r} 没有参数 {parameter!r}；可用的参数有 {accepted}。{hint}",
)
_NO_NUMBERS = Text(
    en="{name} must be numbers from {low} to {high}, such as (5, 10); received {value!r}.",
    zh="“{title}”必须是 {low} 到 {high} 之间的一串数，例如 (5, 10)；收到的是 {value!r}。",
)
_NO_PARAMETERS = Text(en="none", zh="无")
_NAME = "name"  # what a choice with parameters goes by when it is given as a dict
_WHOLE, _ANY = Text(en="a whole number", zh="整数"), Text(en="a number", zh="数")


@dataclass(frozen=True)
class Choice:
    """One value of a ``choice`` control and how it reads.

    Attributes:
        value: The value.
        title: How it reads.
        parameters: What else can be set when this is chosen. A value then may be ``name(parameter=value, ...)``, or a
            dict with ``"name"``; parameters at their default are left out of the normal form.
        help: One sentence on it.
    """

    value: Any
    title: Text
    parameters: tuple[ControlSpec, ...] = ()
    help: Text = NO_TEXT


@dataclass(frozen=True)
class ControlSpec:
    """One hyperparameter as a person meets it.

    Attributes:
        name: Keyword of ``Session.run`` and key of ``Run.hyperparameters``.
        title: Label beside the control.
        kind: How a panel draws it. "integer" is a number field, "choice" a drop-down list, "numbers" a text field
            for several numbers (a tuple) with commas between them.
        default: Where it starts; taken from the user's compiled model and data where they tell.
        minimum: Least value accepted (numeric kinds).
        maximum: Greatest value accepted (numeric kinds).
        slider_range: What the slider spans when less than what is accepted; None: the whole range.
        step: Slider increment; for "log_slider" in decades.
        choices: For "choice". With a minimum as well, they are suggestions: any number in range is accepted.
        effect: When a change during training takes effect.
        help: One sentence on what it does, for the tooltip.
        parts: Names of the layers (or the like) that can be set one by one; empty when only together.
            With parts, a value may also be a dict from part name to number.
        optional: Whether None is a value (dropout of a model that has none: do not insert).
        part_defaults: Where each part starts, by name.
        suggested: What an optional control without a default starts at when it is switched on; None: a modest value.
        advanced: Whether a panel folds it away under "More settings".
        disabled: Why it cannot be changed here (say, a batch size fixed by the data); None when it can.
        shown_with: Name of the optional control without which this one has no effect: a panel shows it beside that
            one, and only when that one is on. Empty for a control that stands alone. Of a choice's parameter: another
            parameter of that choice.
        shown_for: Values of ``shown_with`` beside which it has an effect; empty: any that is on. Parameters only.
        hidden: Whether it is for code and for the labs only, so that no panel shows it among the settings.
    """

    name: str
    title: Text
    kind: Kind
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    slider_range: tuple[float, float] | None = None
    step: float | None = None
    choices: tuple[Choice, ...] = ()
    effect: Effect = "run"
    help: Text = NO_TEXT
    parts: tuple[str, ...] = ()
    optional: bool = False
    part_defaults: tuple[float, ...] = ()
    disabled: Text | None = None
    advanced: bool = False
    suggested: Any = None
    shown_with: str = ""
    shown_for: tuple[Any, ...] = ()
    hidden: bool = False

    def check(self, value: Any) -> Any:
        """Return ``value`` in its normal form.

        Raises:
            HyperparameterError: If it is of the wrong kind, out of range or no known choice.
        """
        if self.disabled is not None and value != self.default:
            raise HyperparameterError(
                _DISABLED.filled(name=self.name, title=self.title, why=self.disabled, value=value)
            )
        if value is None and self.optional:
            return None
        if isinstance(value, dict) and self.parts:
            return self._check_parts(value)
        if self.kind == "choice":
            return self._check_choice(value)
        if self.kind == "toggle":
            return self._check_toggle(value)
        if self.kind == "numbers":
            return self._check_numbers(value)
        return self._check_number(value)

    def acts_beside(self, values: Mapping[str, Any]) -> bool:
        """Return whether a choice's parameter has an effect, given the values of all its parameters."""
        other = values.get(self.shown_with)
        return not self.shown_with or (other in self.shown_for if self.shown_for else other not in (None, False))

    def choice_of(self, value: Any) -> Choice | None:
        """Return the choice that ``value`` stands for, with parameters or without; None when there is none."""
        return next((choice for choice in self.choices if choice.value == name_of(value)), None)

    def parameters_of(self, value: Any) -> dict[str, Any]:
        """Return every parameter of a checked value by name, those at their default included."""
        choice = self.choice_of(value)
        if choice is None or not choice.parameters:
            return {}
        given = unspell(value)[1]
        return {parameter.name: given.get(parameter.name, parameter.default) for parameter in choice.parameters}

    def with_parameters(self, value: Any, **parameters: Any) -> Any:
        """Return a checked ``value`` with some of its parameters changed, in normal form.

        Raises:
            HyperparameterError: If it has no such parameter, or the parameter refuses its value.
        """
        return self.check({_NAME: name_of(value), **self.parameters_of(value), **parameters})

    def _check_choice(self, value: Any) -> Any:
        if self.minimum is not None:
            return self._check_number(value)
        name, given = self._read_choice(value)
        if isinstance(name, str) and name not in self._accepted:
            name = name.lower()
        if name not in self._accepted:
            hint = did_you_mean(str(name), [str(other) for other in self._accepted])
            raise self._refusal(_NO_CHOICE, value, accepted=self._accepted, hint=hint)
        return self._with_arguments(name, given) if given else name

    @property
    def _accepted(self) -> list[Any]:
        return [choice.value for choice in self.choices]

    def _read_choice(self, value: Any) -> tuple[Any, Mapping[str, Any]]:
        if isinstance(value, Mapping):
            return value.get(_NAME), {key: part for key, part in value.items() if key != _NAME}
        if not isinstance(value, str) or value in self._accepted:
            return value, {}
        try:
            return unspell(value)
        except ValueError:
            raise self._refusal(_NO_CHOICE, value, accepted=self._accepted, hint=NO_TEXT) from None

    def _with_arguments(self, name: Any, given: Mapping[str, Any]) -> Any:
        choice = self.choice_of(name)
        parameters = {parameter.name: parameter for parameter in choice.parameters} if choice is not None else {}
        for key in given:
            if key not in parameters:
                hint = did_you_mean(str(key), parameters)
                known = list(parameters) or _NO_PARAMETERS
                raise self._refusal(_NO_PARAMETER, name, parameter=key, accepted=known, hint=hint)
        checked = {key: parameter.check(given[key]) for key, parameter in parameters.items() if key in given}
        return spell(name, {key: part for key, part in checked.items() if part != parameters[key].default})

    def _check_numbers(self, value: Any) -> tuple[float, ...]:
        several = isinstance(value, Iterable) and not isinstance(value, str)
        parts = value if several else str(value).replace("，", ",").strip("()[] ").split(",")
        low, high = self._range
        try:
            numbers = tuple(float(part) for part in parts if str(part).strip())
        except (TypeError, ValueError):
            numbers = ()
        if not numbers or not all(low <= number <= high and math.isfinite(number) for number in numbers):
            raise self._refusal(_NO_NUMBERS, value, low=readable(low), high=readable(high))
        return tuple(int(number) if number == int(number) else number for number in numbers)

    @property
    def _range(self) -> tuple[float, float]:
        """The least and the greatest number accepted."""
        low = -math.inf if self.minimum is None else self.minimum
        return low, math.inf if self.maximum is None else self.maximum

    def _check_toggle(self, value: Any) -> bool:
        if isinstance(value, bool) or value in (0, 1):
            return bool(value)
        raise self._refusal(_NO_TOGGLE, value)

    def _check_number(self, value: Any) -> float | int:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        whole = self.kind == "integer" or isinstance(self.default, int)
        low, high = self._range
        in_range = low <= number <= high and math.isfinite(number)
        if isinstance(value, bool) or not in_range or (whole and number != int(number)):
            kind = _WHOLE if whole else _ANY
            raise self._refusal(_NO_NUMBER, value, kind=kind, low=readable(low), high=readable(high))
        return int(number) if whole else number

    def _check_parts(self, values: dict[str, Any]) -> dict[str, float]:
        for part in values:
            if part not in self.parts:
                hint = did_you_mean(str(part), self.parts)
                raise self._refusal(_NO_PART, part, accepted=list(self.parts), hint=hint)
        return {part: self._check_number(value) for part, value in values.items()}

    def _refusal(self, text: Text, value: Any, **words: Any) -> HyperparameterError:
        """Return the error; English names the keyword, Chinese the label that a person sees."""
        return HyperparameterError(text.filled(name=self.name, title=self.title, value=value, **words))


def readable(value: float | int) -> str:
    """Return a number as a person writes it: 0.001, 3e-5, 32; whole numbers with every digit, so 1e6 and 1000001."""
    rounded = f"{value:.6g}"
    if isinstance(value, int) and float(rounded) != value:
        return str(value)
    mantissa, _, exponent = rounded.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa
