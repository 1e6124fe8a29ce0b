"""Profiles of model and data as JSON and back, every field checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ...core.text import Text
from ...errors import LogError

Profile = TypeVar("Profile")

_WRONG = Text(
    en="the field {name!r} of a profile cannot be {found}",
    zh="概况中的字段 {name!r} 不能是 {found}",
)
_PLAIN = (str, int, float, bool, NoneType)


def profile_values(profile: Any) -> dict[str, Any]:
    """Return a profile as JSON-able values; what a user's own configuration holds and JSON cannot is left out."""
    return {field.name: _values(getattr(profile, field.name)) for field in fields(profile)}


def _values(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return profile_values(value)
    if isinstance(value, Mapping):
        return {str(name): _values(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_values(part) for part in value]
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, _PLAIN) else None


def read_profile(kind: type[Profile], values: Any) -> Profile:
    """Read what ``profile_values`` gave; a field that is missing, as in an older log, keeps its default.

    Args:
        kind: Which profile.
        values: What the JSON held.

    Raises:
        LogError: If a field is not what it must be.
    """
    hints = get_type_hints(kind)
    if not isinstance(values, dict):
        raise LogError(_WRONG.filled(name=kind.__name__, found=repr(values)[:60]))
    known = [field.name for field in fields(kind) if field.name in values]  # type: ignore[arg-type]
    return kind(**{name: _read(hints[name], values[name], name) for name in known})


def _read(hint: Any, value: Any, name: str) -> Any:
    if hint is Any:
        return value
    if is_dataclass(hint):
        return read_profile(hint, value)  # type: ignore[arg-type]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _read_optional(inner, value, name)
    if origin is tuple and isinstance(value, list):
        return _read_tuple(inner, value, name)
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, dict):
        return {key: _read(inner[1], part, name) for key, part in value.items()}
    if origin is Literal and value in inner:
        return value
    if hint is float and type(value) in (int, float):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise LogError(_WRONG.filled(name=name, found=repr(value)[:60]))


def _read_optional(inner: tuple[Any, ...], value: Any, name: str) -> Any:
    if value is None and NoneType in inner:
        return None
    return _read(next(hint for hint in inner if hint is not NoneType), value, name)


def _read_tuple(inner: tuple[Any, ...], value: list[Any], name: str) -> tuple[Any, ...]:
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], part, name) for part in value)
    if len(inner) != len(value):
        raise LogError(_WRONG.filled(name=name, found=repr(value)[:60]))
    return tuple(_read(hint, part, name) for hint, part in zip(inner, value, strict=True))
