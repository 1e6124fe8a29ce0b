"""Cells as people's tools write them become numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

Cells = list[float | None]
"""One number a row; None where nothing was written, which is not the same as NaN."""

_BLANK = {"", "na", "n/a", "none", "null"}  # Keras's CSVLogger writes NA for what an epoch has not


def to_cells(values: Any) -> Cells:
    """Return ``values`` as numbers.

    Args:
        values: Numbers, texts of numbers ("12%" is 0.12) or arrays of one element; an empty text, "NA" and the like are
            blanks. None is NaN, because JSON writes NaN so.

    Raises:
        TypeError: If it is no list.
        ValueError: If it holds something else than numbers.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise TypeError(f"it must be a list of numbers, one an epoch; received {values!r}")
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "fiu":
        return [float(value) for value in values]
    return [value if type(value) is float else _number(value) for value in values]


def to_numbers(cells: Sequence[float | None]) -> list[float]:
    """Return ``cells`` with NaN for blanks."""
    return [math.nan if cell is None else cell for cell in cells]


def is_number(cell: float | None) -> bool:
    """Return whether something was written that is not NaN."""
    return cell is not None and not math.isnan(cell)


def _number(value: Any) -> float | None:
    if value is None:
        return math.nan
    if isinstance(value, str):
        return _from_text(value.strip())
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"it must hold numbers; received {value!r}") from None
    if array.size != 1:
        raise ValueError(f"it must hold one number an epoch; received an array of shape {array.shape}")
    return float(array.reshape(()))


def _from_text(text: str) -> float | None:
    if text.lower() in _BLANK:
        return None
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise ValueError(f"it must hold numbers; received {text!r}") from None
