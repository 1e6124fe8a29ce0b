"""How the value of a setting reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .control import readable
from .text import Text

_NONE = Text(en="none", zh="无")
_WORDS = {
    "as_built": Text(en="as built", zh="保持原样"),
    "matched": Text(en="fit to the targets", zh="与目标匹配"),
    "he": Text(en="He", zh="He"),
    "glorot": Text(en="Glorot", zh="Glorot"),
}
_ON, _OFF = Text(en="on", zh="开"), Text(en="off", zh="关")


def value_text(value: Any) -> Text:
    """Return a setting's value in words, all braces doubled as a ``Text`` wants them."""
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, Mapping):
        parts = [(name, value_text(part)) for name, part in value.items()]
        return Text(
            en=", ".join(f"{Text.same(str(name)).en} {part.en}" for name, part in parts),
            zh="，".join(f"{Text.same(str(name)).zh} {part.zh}" for name, part in parts),
        )
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    return Text.same(readable(value) if isinstance(value, float) else str(value))
