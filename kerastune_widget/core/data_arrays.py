"""Whatever people hold data in, read as NumPy arrays by name, without importing the library that made it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MANY_PARTS = 16  # a longer list of arrays is a list of rows
ENOUGH_ROWS = 4096  # to read from data that comes in batches


def named_arrays(data: Any) -> dict[str, Array | None]:
    """Return the arrays of ``data`` by name, None for one that holds no numbers.

    Args:
        data: An array, a tensor, a table, a list of numbers, or a list, tuple or dict of arrays; None for nothing.

    Returns:
        One array of shape (rows, ...) under "", or several under their names, or places in a list counted from 0.
    """
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return {str(name): _numbers(part) for name, part in data.items()}
    if _is_several(data):
        return {str(place): _numbers(part) for place, part in enumerate(data)}
    return {"": _numbers(data)}


def _is_several(data: Any) -> bool:
    if not isinstance(data, list | tuple) or not 0 < len(data) <= MANY_PARTS:
        return False
    return all(len(getattr(part, "shape", ())) > 0 for part in data)


def _numbers(value: Any) -> Array | None:
    """Return ``value`` as an array of booleans, whole numbers or floats; None when it cannot be one."""
    try:
        array = np.asarray(value.to_numpy() if hasattr(value, "to_numpy") else value)
        if array.dtype.kind == "O":  # a table of floats and booleans has no common type
            array = array.astype(np.float64)
    except (TypeError, ValueError, AttributeError, RuntimeError):  # text, ragged, sparse, on a device
        return None
    if array.dtype.kind == "V" or not array.dtype.isnative:
        array = array.astype(np.float32)  # bfloat16
    return array if array.dtype.kind in "biuf" and array.ndim > 0 and len(array) else None


def read_batches(data: Any) -> tuple[Any, int | None] | None:
    """Return ``(x, y)`` of the first few thousand rows of data that comes in batches, and about how many it has.

    Args:
        data: A ``tf.data.Dataset`` or a ``PyDataset``, known by what they can do. A generator can be read only once and
            is left alone.

    Returns:
        The count is None when nobody knows it; all is None when ``data`` is nothing of the kind.
    """
    if hasattr(data, "element_spec"):
        batches, count = iter(data), _length(data)
    elif callable(getattr(data, "__getitem__", None)) and hasattr(data, "num_batches"):
        count = _length(data)
        batches = (data[place] for place in range(count or 0))
    else:
        return None
    return _joined(batches, count)


def _length(data: Any) -> int | None:
    try:
        return len(data)
    except TypeError:  # tf.data's own answer for unknown or infinite lengths
        return None


def _joined(batches: Any, count: int | None) -> tuple[Any, int | None] | None:
    kept: list[tuple[Any, Any]] = []
    rows = 0
    for batch in islice(batches, ENOUGH_ROWS):
        x, y = (*batch, None)[:2] if isinstance(batch, tuple | list) else (batch, None)
        x, y = _whole(x), _whole(y)
        if not _is_batch(x, y):
            x, y = _one_row(x), _one_row(y)
        kept.append((x, y))
        rows += _rows(x)
        if rows >= ENOUGH_ROWS:
            break
    if not kept:
        return None
    joined = tuple(_concatenate([pair[part] for pair in kept]) for part in (0, 1))
    return joined, None if count is None else max(rows, round(rows / len(kept) * count))


def _whole(part: Any) -> dict[str, Array]:
    return {name: array for name, array in _parts(part).items() if array is not None}


def _parts(part: Any) -> dict[str, Array | None]:
    if part is None or isinstance(part, Mapping | list | tuple):
        return named_arrays(part)
    array = np.asarray(part)
    return {"": array if array.dtype.kind in "biuf" else None}  # a single label has no dimension


def _is_batch(x: Mapping[str, Array], y: Mapping[str, Array]) -> bool:
    lengths = {array.shape[0] if array.ndim else -1 for array in (*x.values(), *y.values())}
    return len(lengths) == 1 and lengths != {-1}


def _one_row(part: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array[None] for name, array in part.items()}


def _rows(part: Mapping[str, Array]) -> int:
    return max((len(array) for array in part.values()), default=0)


def _concatenate(parts: list[dict[str, Array]]) -> dict[str, Array] | None:
    names = parts[0]
    joined = {}
    for name in names:
        pieces = [part[name] for part in parts if name in part]
        if len({piece.shape[1:] for piece in pieces}) == 1:  # padded batch by batch: no common length
            joined[name] = np.concatenate(pieces)
    return joined or None
