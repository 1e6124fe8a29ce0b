"""What a control is: a hyperparameter that a person can set, described without Keras or widgets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import HyperparameterError, did_you_mean
from .text import NO_TEXT, Text

Kind = Literal["slider", "log_slider", "integer", "choice", "toggle"]
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
_WHOLE, _ANY = Text(en="a whole number", zh="整数"), Text(en="a number", zh="数")


@dataclass(frozen=True)
class Choice:
    """One value of a ``choice`` control and how it reads."""

    value: Any
    title: Text


@dataclass(frozen=True)
class ControlSpec:
    """One hyperparameter as a person meets it.

    Attributes:
        name: Keyword of ``Session.run`` and key of ``Run.hyperparameters``.
        title: Label beside the control.
        kind: How a panel draws it. "integer" is a number field, "choice" a drop-down list.
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
        return self._check_number(value)

    def _check_choice(self, value: Any) -> Any:
        if self.minimum is not None:
            return self._check_number(value)
        accepted = [choice.value for choice in self.choices]
        if isinstance(value, str):
            value = value.lower()
        if value in accepted:
            return value
        hint = did_you_mean(str(value), [str(name) for name in accepted])
        raise self._refusal(_NO_CHOICE, value, accepted=accepted, hint=hint)

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
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
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
    """Return a number as a person writes it: 0.001, 3e-5, 32."""
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa
