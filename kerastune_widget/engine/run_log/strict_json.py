"""JSON that any reader takes: no bare NaN, arrays as base64; what is read back is equal to the last bit."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_NUMBER = "number"
_LACKING = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_DEEPEST = 8
_FLOAT = np.dtype("<f8")


def to_line(value: Mapping[str, Any]) -> bytes:
    """Return one line of JSON, its end included.

    Raises:
        TypeError: If something in ``value`` has no place in JSON.
    """
    return _encoded(json.dumps(_plain(value), allow_nan=False, ensure_ascii=False, separators=(",", ":")))


def to_document(value: Mapping[str, Any]) -> bytes:
    """Return an indented JSON document.

    Raises:
        TypeError: If something in ``value`` has no place in JSON.
    """
    return _encoded(json.dumps(_plain(value), allow_nan=False, ensure_ascii=False, indent=2))


def from_json(text: bytes) -> Any:
    """Read what ``to_line`` or ``to_document`` wrote.

    Raises:
        ValueError: If it is not strict JSON, or nested deeper than we ever write.
    """
    try:
        return _restored(json.loads(text.decode(), parse_constant=_refuse))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def pack(numbers: Numbers) -> str:
    """Return an array as base64 of its 8-byte floats."""
    return base64.b64encode(np.asarray(numbers, dtype=_FLOAT).tobytes()).decode()


def unpack(text: str) -> Numbers:
    """Read what ``pack`` wrote; the array cannot be written to.

    Raises:
        ValueError: If it is no base64, or no whole number of floats.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("it is not base64") from None
    return np.frombuffer(raw, dtype=_FLOAT).astype(np.float64, copy=False)


def _encoded(words: str) -> bytes:
    """Encode; a lone surrogate (a file name in a traceback) becomes the escape that JSON has for it."""
    return f"{words}\n".encode(errors="backslashreplace")


def _plain(value: Any) -> Any:
    """Turn NumPy's scalars, tuples and the numbers that JSON lacks into what it has."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {_NUMBER: "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _restored(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get(_NUMBER), str) and value[_NUMBER] in _LACKING:
            return _LACKING[value[_NUMBER]]
        return {name: _restored(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_restored(part, depth + 1) for part in value]
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
