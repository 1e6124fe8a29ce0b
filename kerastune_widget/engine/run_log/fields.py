"""One JSON object, read field by field; a wrong field is named, with what it should have been."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from ...core.text import Text
from ...errors import LogError
from .strict_json import Numbers, unpack

_MISSING = Text(en="the field {name!r} is missing", zh="缺少字段 {name!r}")
_WRONG = Text(
    en="the field {name!r} must be {accepted}; found {found}",
    zh="字段 {name!r} 应为{accepted}，实际为 {found}",
)
_NO_OBJECT = Text(en="expected a JSON object; found {found}", zh="应为 JSON 对象，实际为 {found}")

_TEXT = Text(en="text", zh="文本")
_FLAG = Text(en="true or false", zh="true 或 false")
_WHOLE = Text(en="a whole number from {low} to {high}", zh="{low} 到 {high} 之间的整数")
_NUMBER = Text(en="a number", zh="数字")
_AMOUNT = Text(en="a finite number, 0 or more", zh="不小于 0 的有限数")
_OBJECT = Text(en="a JSON object", zh="JSON 对象")
_LIST = Text(en="a list", zh="列表")
_ONE_OF = Text(en="one of {accepted}", zh="以下之一：{accepted}")
_ARRAY = Text(en="base64 of 8-byte floats", zh="由 8 字节浮点数编码成的 base64")


class Fields:
    """Reads the fields of one JSON object.

    Args:
        values: What the JSON held.

    Raises:
        LogError: From every method, if the field is missing or not what it must be; says nothing of file and line.
    """

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise LogError(_NO_OBJECT.filled(found=_shown(values)))
        self._values: dict[str, Any] = values

    def raw(self, name: str) -> Any:
        """Return a field of any kind."""
        if name not in self._values:
            raise LogError(_MISSING.filled(name=name))
        return self._values[name]

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.raw(name)
        return value if isinstance(value, str) else self._refuse(name, _TEXT)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.raw(name)
        return value if isinstance(value, bool) else self._refuse(name, _FLAG)

    def whole(self, name: str, low: int = 0, high: int = 2**53) -> int:
        """Return a whole number from ``low`` to ``high``."""
        value = self.raw(name)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        return self._refuse(name, _WHOLE.filled(low=low, high=high))

    def number(self, name: str) -> float:
        """Return a number, NaN and infinity included."""
        value = self.raw(name)
        return float(value) if _is_number(value) else self._refuse(name, _NUMBER)

    def amount(self, name: str) -> float:
        """Return a finite number, 0 or more."""
        value = self.number(name)
        return value if math.isfinite(value) and value >= 0 else self._refuse(name, _AMOUNT)

    def one_of(self, name: str, accepted: Sequence[str]) -> str:
        """Return one of the accepted words."""
        value = self.raw(name)
        if isinstance(value, str) and value in accepted:
            return value
        return self._refuse(name, _ONE_OF.filled(accepted=", ".join(accepted)))

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object whose values may be anything."""
        value = self.raw(name)
        return value if isinstance(value, dict) else self._refuse(name, _OBJECT)

    def items(self, name: str) -> list[Any]:
        """Return a list whose items may be anything."""
        value = self.raw(name)
        return value if isinstance(value, list) else self._refuse(name, _LIST)

    def fields(self, name: str) -> Fields:
        """Return an object, to be read field by field."""
        return Fields(self.mapping(name))

    def numbers(self, name: str) -> dict[str, float]:
        """Return an object of numbers."""
        inside = self.fields(name)
        return {key: inside.number(key) for key in self.mapping(name)}

    def array(self, name: str) -> Numbers:
        """Return an array of per-step numbers."""
        try:
            return unpack(self.text(name))
        except ValueError:
            return self._refuse(name, _ARRAY)

    def arrays(self, name: str) -> dict[str, Numbers]:
        """Return an object of such arrays."""
        inside = self.fields(name)
        return {key: inside.array(key) for key in self.mapping(name)}

    def _refuse(self, name: str, accepted: Text) -> NoReturn:
        raise LogError(_WRONG.filled(name=name, accepted=accepted, found=_shown(self._values[name])))


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**1000)


def _shown(value: Mapping[str, Any] | Any) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:57]}..."
