"""Python source, laid out as ruff would: on one line where it fits, else one argument a line."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 88
"""Ruff's own default, so that a script looks formatted wherever it is opened."""


@dataclass(frozen=True)
class Bracketed:
    """A call, list, tuple or dict.

    Attributes:
        opening: Everything up to the bracket, such as ``layers.Dense(`` or ``[``.
        items: What stands in front of each part (``units=``, or nothing), and the part.
        closing: The closing bracket.
    """

    opening: str
    items: tuple[tuple[str, Expression], ...]
    closing: str


class Verbatim(str):
    """Among values, source that stands for itself."""


Expression = str | Bracketed
"""Source of one value: a word that is never broken, or something in brackets."""


def call(function: str, /, *positional: Expression, **named: Expression) -> Bracketed:
    """Return the call of ``function``."""
    return Bracketed(f"{function}(", (*(("", part) for part in positional), *_named(named)), ")")


def listed(parts: Sequence[Expression]) -> Bracketed:
    """Return a list."""
    return Bracketed("[", tuple(("", part) for part in parts), "]")


def literal(value: Any) -> Expression:
    """Return the source of a plain value: numbers, texts, None, and lists, tuples and dicts of them.

    Raises:
        TypeError: If it is anything else.
    """
    if isinstance(value, dict):
        return Bracketed("{", tuple((f"{flat(literal(key))}: ", literal(part)) for key, part in value.items()), "}")
    if isinstance(value, list):
        return listed([literal(part) for part in value])
    if isinstance(value, tuple):
        return Bracketed("(", tuple(("", literal(part)) for part in value), ")")
    if isinstance(value, Verbatim):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if '"' not in value else repr(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return literal(value.item())
    raise TypeError(f"A {type(value).__name__} cannot be written as a plain value.")


def flat(expression: Expression) -> str:
    """Return an expression on one line."""
    if isinstance(expression, str):
        return expression
    inner = ", ".join(prefix + flat(part) for prefix, part in expression.items)
    comma = "," if expression.opening == "(" and len(expression.items) == 1 else ""
    return f"{expression.opening}{inner}{comma}{expression.closing}"


def source(expression: Expression, *, before: str = "", indent: int = 0, after: str = "") -> str:
    """Return an expression, broken over lines where it must be.

    Args:
        expression: What to write.
        before: What stands before it on its first line, such as ``model = ``.
        indent: Columns that the line begins with.
        after: What stands after it on its last line, such as a comma.
    """
    line = f"{' ' * indent}{before}{flat(expression)}{after}"
    if isinstance(expression, str) or not expression.items or len(line) <= WIDTH:
        return line
    alone = len(expression.items) == 1 and not expression.items[0][0] and expression.opening not in ("(", "[", "{")
    comma = "" if alone else ","
    inner = [source(part, before=name, indent=indent + 4, after=comma) for name, part in expression.items]
    opening = f"{' ' * indent}{before}{expression.opening}"
    return "\n".join([opening, *inner, f"{' ' * indent}{expression.closing}{after}"])


def definition(name: str, parameters: Sequence[str], *, indent: int = 0) -> list[str]:
    """Return the first line of a function, or its first lines where one is too short.

    Args:
        name: Of the function.
        parameters: As they are written.
        indent: Columns that the lines begin with.
    """
    joined, space = ", ".join(parameters), " " * indent
    if len(f"{space}def {name}({joined}):") <= WIDTH:
        return [f"{space}def {name}({joined}):"]
    if len(joined) + indent + 4 <= WIDTH:
        return [f"{space}def {name}(", f"{space}    {joined}", f"{space}):"]
    return [f"{space}def {name}(", *(f"{space}    {parameter}," for parameter in parameters), f"{space}):"]


def _named(arguments: dict[str, Expression]) -> tuple[tuple[str, Expression], ...]:
    return tuple((f"{name}=", part) for name, part in arguments.items())
