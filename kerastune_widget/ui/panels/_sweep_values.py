"""The values of a sweep: a sensible grid around the present setting, and reading what a person wrote."""

from __future__ import annotations

import re
from typing import Any

from ...core.control import ControlSpec, readable
from ...core.spelling import name_of
from ...core.text import LANGUAGES, Text
from ...core.value_text import value_text
from ...errors import HyperparameterError

FEWEST, MOST = 2, 50

_COUNT = Text(
    en="Give {fewest} to {most} different values, separated by commas; received {received}.",
    zh="请填写 {fewest} 到 {most} 个不同的取值，用逗号分隔；收到的是 {received} 个。",
)
_SPLIT = re.compile(r"[^,，;；、\s(]+(?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))?")  # a call's commas part no values
_FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)
_HALVES = (0.25, 0.5, 1, 2, 4)
_ON, _OFF = ("true", "on", "yes", "1", "开"), ("false", "off", "no", "0", "关")


def can_sweep(spec: ControlSpec) -> bool:
    """Return whether several values of ``spec`` can be tried; one that acts only beside another is left to that."""
    if spec.disabled is not None or spec.hidden or spec.shown_with or spec.kind == "numbers":
        return False
    return spec.kind != "choice" or len(spec.choices) > 1


def grid(spec: ControlSpec, present: Any) -> list[Any]:
    """Return about five values around ``present``, each one that ``spec`` accepts."""
    if spec.kind == "toggle":
        return [False, True]
    if spec.kind == "choice":
        return _choices(spec, present)
    if not isinstance(present, int | float):
        starts = [start for start in (spec.default, spec.suggested) if isinstance(start, int | float)]
        present = starts[0] if starts else _span(spec)[0]
    if spec.kind == "log_slider":
        numbers = [float(f"{present * factor:.2g}") for factor in _FACTORS]
    elif spec.kind == "integer":
        numbers = _whole(spec, int(present))
    else:
        numbers = _evenly(spec, float(present))
    return list(dict.fromkeys(number for number in numbers if _accepts(spec, number)))


def written(values: list[Any]) -> str:
    """Return the values as a person may edit them: a choice by its name in code, with its parameters as a call."""
    return ", ".join(value if isinstance(value, str) else value_text(value).get("en") for value in values)


def read(spec: ControlSpec, words: str, fewest: int = FEWEST) -> list[Any]:
    """Return the values that a person wrote, in their order and without doubles.

    Raises:
        HyperparameterError: If there are too few or too many, or ``spec`` refuses one.
    """
    pieces = _SPLIT.findall(words.replace("（", "(").replace("）", ")"))
    values = list(dict.fromkeys(spec.check(_value(spec, piece)) for piece in pieces))
    if not fewest <= len(values) <= MOST:
        raise HyperparameterError(_COUNT.filled(fewest=fewest, most=MOST, received=len(values)))
    return values


def _value(spec: ControlSpec, piece: str) -> Any:
    """Return what ``piece`` stands for; what stands for nothing is left to ``spec`` to refuse."""
    lowered = piece.lower()
    if spec.optional and lowered in ("none", "无"):
        return None
    if spec.kind == "toggle":
        return True if lowered in _ON else False if lowered in _OFF else piece
    for choice in spec.choices:
        if lowered in (str(choice.value).lower(), *(choice.title.get(language).lower() for language in LANGUAGES)):
            return choice.value
    return piece


def _choices(spec: ControlSpec, present: Any) -> list[Any]:
    values = [choice.value for choice in spec.choices]
    if spec.minimum is None:
        return [present if value == name_of(present) else value for value in values][:MOST]
    nearest = min(range(len(values)), key=lambda place: abs(values[place] - present))
    first = max(min(nearest - 2, len(values) - 5), 0)
    return values[first : first + 5]


def _whole(spec: ControlSpec, present: int) -> list[float]:
    if spec.minimum:
        return sorted({max(round(present * factor), 1) for factor in _HALVES})
    return [present + more for more in range(5)]  # a seed: near values are as good as any


def _evenly(spec: ControlSpec, present: float) -> list[float]:
    low, high = _span(spec)
    stride = max(2 * (spec.step or 0.0), (high - low) / 10)
    stride = round(stride / spec.step) * spec.step if spec.step else stride
    first = max(min(present - 2 * stride, high - 4 * stride), low)
    return [float(readable(round(first + place * stride, 10))) for place in range(5)]


def _span(spec: ControlSpec) -> tuple[float, float]:
    low, high = spec.slider_range or (spec.minimum, spec.maximum)
    return float(low or 0.0), float(1.0 if high is None else high)


def _accepts(spec: ControlSpec, value: Any) -> bool:
    try:
        spec.check(value)
    except HyperparameterError:
        return False
    return True
