"""Files are read by what they hold; what they are called does not count."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import HistoryError
from ..text import Text
from .messages import ACCEPTED, JSON_DICT, JSON_LIST, JSON_VALUE, NO_FILE, NO_JSON, OTHER_JSON
from .shapes import columns_of

_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*")
_NAMED = 20  # keys that an error names


def read_file(path: Path, what: Text) -> Mapping[str, Any]:
    """Return the columns of a CSV or JSON file by name, cells as they are written.

    Args:
        path: Of a text in UTF-8.
        what: How errors call it.

    Raises:
        HistoryError: If it cannot be read, or is JSON of no shape that we know.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(NO_FILE.filled(path=str(path), error=error, accepted=ACCEPTED)) from error
    return _from_json(text, what) if text.lstrip()[:1] in ("{", "[") else _from_csv(text)


def _from_csv(text: str) -> dict[str, list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    separator = _separator(lines[0]) if lines else ","
    names, *rows = list(csv.reader(lines, delimiter=separator)) or [[]]
    body = [row for row in rows if row != names]  # a header again: files put together by hand
    if separator != ",":
        body = [[_with_a_point(cell) for cell in row] for row in body]
    return {name: [row[at] if at < len(row) else "" for row in body] for at, name in enumerate(names)}


def _separator(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)  # a comma where there is none


def _with_a_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell


def _from_json(text: str, what: Text) -> Mapping[str, Any]:
    try:
        value = _parsed(text)
    except ValueError as error:
        raise HistoryError(NO_JSON.filled(what=what, error=error, accepted=ACCEPTED)) from error
    found = columns_of(value)
    if found is None and value:
        raise HistoryError(OTHER_JSON.filled(what=what, found=_described(value), accepted=ACCEPTED))
    return found or {}


def _parsed(text: str) -> Any:
    """Return what a JSON text holds, or each of its lines; NaN and Infinity as Python writes them."""
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.strip().startswith("{") for line in lines):
            raise
        return [json.loads(line) for line in lines]


def _described(value: Any) -> Text:
    if isinstance(value, Mapping):
        return JSON_DICT.filled(keys=list(value)[:_NAMED])
    if isinstance(value, list):
        first = repr(value[0])
        return JSON_LIST.filled(count=len(value), first=first if len(first) <= 60 else f"{first[:60]}...")
    return JSON_VALUE.filled(value=repr(value))
