"""Values with parameters of their own, spelled as a call: ``cosine(warmup_epochs=2)``.

Such a value is a plain string: it can be compared, put in a log and a table, and swept over like any other.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any


def spell(name: str, arguments: Mapping[str, Any]) -> str:
    """Return ``name`` with its arguments as a call; the name alone when there are none."""
    written = ", ".join(f"{key}={_literal(value)}" for key, value in arguments.items())
    return f"{name}({written})" if written else name


def unspell(value: str) -> tuple[str, dict[str, Any]]:
    """Return name and arguments of a spelled value; nothing in it is ever run.

    Args:
        value: A name, or a call with keyword arguments that are literals: numbers, texts, True, False, None, or
            tuples of them.

    Raises:
        ValueError: If it is neither.
    """
    if "(" not in value:
        return value.strip(), {}
    try:
        call = ast.parse(value.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not a call: {value!r}") from error
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
        raise ValueError(f"not a call with named arguments: {value!r}")
    return call.func.id, {_name(keyword): ast.literal_eval(keyword.value) for keyword in call.keywords}


def name_of(value: Any) -> Any:
    """Return the name that a spelled value begins with; what is no string is returned as it is."""
    return value.partition("(")[0].strip() if isinstance(value, str) else value


def _name(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise ValueError("arguments are given by name")
    return keyword.arg


def _literal(value: Any) -> str:
    return repr(tuple(value)) if isinstance(value, list) else repr(value)
