"""How a setting and its value read: "cosine decay (warm-up 2 epochs)" rather than ``cosine(warmup_epochs=2.0)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from .control import Choice, ControlSpec, readable
from .plots._words import in_sentence, title_of
from .schedule import CONSTANT, all_schedules
from .spelling import unspell
from .text import Text

_NONE = Text(en="none", zh="无")
_WORDS = {
    "as_built": Text(en="as built", zh="保持原样"),
    "matched": Text(en="fit to the targets", zh="与目标匹配"),
    "he": Text(en="He", zh="He"),
    "glorot": Text(en="Glorot", zh="Glorot"),
}
_ON, _OFF = Text(en="on", zh="开"), Text(en="off", zh="关")
_UNITS = (  # at the end of a title: "Warm-up (epochs)", "Warm-up epochs"
    re.compile(r"^(.+) \(?(epochs|steps)\)?$"),
    re.compile(r"^(.+?)[(（]?(轮|步)(?:[)）]|数)$"),
)

_CODE = re.compile(r"^.+[(（](\w+)[)）]$", re.ASCII)  # "Lowest share (alpha)": short enough between parentheses

Controls = Mapping[str, ControlSpec]


def setting_title(name: str, controls: Controls | None = None) -> Text:
    """Return what a setting is called.

    Args:
        name: Which setting.
        controls: What can be set, by name, as a session has it; our own words for what is not among them.
    """
    spec = (controls or {}).get(name)
    return spec.title if spec is not None else title_of(name)


def setting_value(name: str, value: Any, controls: Controls | None = None) -> Text:
    """Return a setting's value in words.

    Args:
        name: Which setting.
        value: Its value, in normal form.
        controls: What can be set, by name, as a session has it; our own words for what is not among them.
    """
    spec = (controls or {}).get(name)
    return value_text(value, _our_schedules() if spec is None and name == "schedule" else spec)


def value_text(value: Any, spec: ControlSpec | None = None) -> Text:
    """Return a value in words, all braces doubled as a ``Text`` wants them.

    Args:
        value: The value of a setting, in normal form.
        spec: The control it belongs to: it knows how choices and their parameters are called.
    """
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, Mapping):
        return _listed([_layer_text(str(name), part) for name, part in value.items()])
    if isinstance(value, list | tuple):
        return Text.same(f"[{', '.join(readable(part) for part in value)}]")
    if isinstance(value, str):
        return _choice_text(value, spec)
    return Text.same(readable(value) if isinstance(value, float) else str(value))


def _choice_text(value: str, spec: ControlSpec | None) -> Text:
    """Return the title of a choice, with what was set of its parameters in parentheses."""
    try:
        name, arguments = unspell(value)
    except ValueError:
        return Text.same(value)
    choice = spec.choice_of(name) if spec is not None and spec.minimum is None else None
    title = choice.title if choice is not None else _WORDS.get(name) or Text.same(name)
    if not arguments:
        return title
    told = _listed([_argument(choice, key, given) for key, given in arguments.items()])
    return Text(en=f"{title.en} ({told.en})", zh=f"{title.zh}（{told.zh}）")


def _layer_text(name: str, value: Any) -> Text:
    words, said = Text.same(name), value_text(value)
    return Text(en=f"{words.en} {said.en}", zh=f"{words.zh} {said.zh}")


def _argument(choice: Choice | None, name: str, value: Any) -> Text:
    parameter = next((one for one in choice.parameters if one.name == name), None) if choice is not None else None
    return _titled(parameter.title if parameter is not None else title_of(name), value_text(value, parameter))


def _titled(title: Text, value: Text) -> Text:
    """Return title and value; a unit at the end of the title goes behind the value, a name in code stands for it."""
    return Text(en=_with_unit(in_sentence(title.en), value.en), zh=_with_unit(title.zh, value.zh))


def _with_unit(title: str, value: str) -> str:
    found = next(filter(None, (unit.match(title) for unit in _UNITS)), None)
    code = _CODE.match(title) if found is None else None
    title = title if code is None else code[1]
    if found is None or not (value[:1].isdigit() or value.startswith("[")):
        return f"{title if found is None else found[1]} {value}"
    unit = found[2].removesuffix("s") if value == "1" else found[2]
    return f"{found[1]} {value} {unit}"


def _listed(parts: list[Text]) -> Text:
    return Text(en=", ".join(part.en for part in parts), zh="，".join(part.zh for part in parts))


@cache
def _our_schedules() -> ControlSpec:
    """Return the schedules as a control, for runs whose session is not at hand."""
    choices = tuple(Choice(one.name, one.title, one.controls) for one in all_schedules().values())
    return ControlSpec("schedule", title_of("schedule"), "choice", CONSTANT, choices=choices)
