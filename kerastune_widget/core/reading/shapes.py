"""The shapes in which people keep curves: by column, by row, or pandas' dicts of either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def columns_of(value: Any) -> dict[str, Any] | None:
    """Return lists by name, from any of these; None when it is none of them.

    * a dict of lists, as ``History.history``; what is no list in it stays as it is;
    * a dict that holds any of these under the key "history";
    * a list of one dict per row, as ``DataFrame.to_json(orient="records")`` writes;
    * a dict of dicts, by column and row number or by row number and column, as ``to_json`` writes.

    What a row lacks becomes an empty text, which is read as a blank.
    """
    if isinstance(value, Mapping):
        return _from_dict(value)
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        return _from_rows(value)
    return None


def _from_dict(value: Mapping[Any, Any]) -> dict[str, Any] | None:
    if isinstance(value.get("history"), Mapping | list):
        return columns_of(value["history"])
    if value and all(isinstance(row, Mapping) for row in value.values()) and _are_numbers(value):
        return _from_rows([value[key] for key in sorted(value, key=int)])
    columns = {str(name): _by_row_number(column) for name, column in value.items()}
    return columns if any(_is_list(column) for column in columns.values()) else None


def _by_row_number(column: Any) -> Any:
    if isinstance(column, Mapping) and column and _are_numbers(column):
        return [column[key] for key in sorted(column, key=int)]
    return column


def _from_rows(rows: Sequence[Mapping[Any, Any]]) -> dict[str, Any] | None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if any(_is_list(value) for row in rows for value in row.values()):  # whole runs, not epochs
        names = [name for name in names if not any(_is_list(row.get(name)) for row in rows)]
    return {str(name): [row.get(name, "") for row in rows] for name in names} or None


def _are_numbers(keys: Mapping[Any, Any]) -> bool:
    return all(isinstance(key, int) or (isinstance(key, str) and key.isdecimal()) for key in keys)


def _is_list(value: Any) -> bool:
    return not isinstance(value, str | bytes | Mapping | int | float | None)
