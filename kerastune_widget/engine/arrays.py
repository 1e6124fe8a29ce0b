"""Arrays in any form people hold them -> NumPy arrays, checked."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, NotDataError

Nested = Any  # an array, or tuples and dicts of arrays


def flatten(structure: Nested) -> list[NDArray[Any]]:
    """Return the arrays of a nested structure, in Keras's order; None counts as nothing."""
    return [] if structure is None else [leaf for leaf in keras.tree.flatten(structure) if leaf is not None]


def take(structure: Nested, rows: NDArray[np.integer[Any]]) -> Nested:
    """Return the given rows of every array in the structure."""
    return None if structure is None else keras.tree.map_structure(lambda leaf: leaf[rows], structure)


def as_arrays(value: Any, role: str) -> Nested:
    """Return ``value`` as NumPy arrays: floats in Keras's float type, whole numbers and booleans as they are.

    Args:
        value: A NumPy array, tensor, pandas DataFrame or Series, list of numbers, or tuples, lists and dicts of these.
        role: How to call it in an error, such as "x" or "validation y".

    Raises:
        NotDataError: If it is none of these.
        DataError: If it holds text or other objects, or is sparse or ragged.
    """
    if value is None:
        return None
    if isinstance(value, dict):
        return {name: as_arrays(part, f"{role}[{name!r}]") for name, part in value.items()}
    if isinstance(value, (tuple, list)) and any(hasattr(part, "shape") for part in value):
        return tuple(as_arrays(part, f"{role}[{index}]") for index, part in enumerate(value))
    return _as_array(value, role)


def _as_array(value: Any, role: str) -> NDArray[Any]:
    if not hasattr(value, "__array__") and not isinstance(value, (list, tuple)):
        sparse = hasattr(value, "toarray") or hasattr(value, "to_tensor")
        remedy = " Make it dense first (.toarray() or .to_tensor())." if sparse else ""
        raise NotDataError(
            f"{role} must be a NumPy array, a tensor, a pandas table, or a tuple or dict of these; "
            f"received {type(value).__name__}.{remedy}"
        )
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise DataError(f"{role} cannot be read as one array: {error}") from error
    if array.dtype == object and type(value).__module__.startswith("pandas"):
        array = _as_floats(array)  # a table of floats and booleans has no common NumPy type
    if array.dtype == object or array.dtype.kind in "USMm":
        raise DataError(
            f"{role} must hold numbers; received dtype {array.dtype}. "
            "Encode text and categories as numbers first (keras.layers.StringLookup, pandas.get_dummies)."
        )
    if array.ndim == 0:
        raise DataError(f"{role} must have one row for each example; received a single number.")
    if type(value).__name__ == "Series" and array.ndim == 1:
        array = array[:, None]  # as fit does
    return array.astype(keras.config.floatx(), copy=False) if array.dtype.kind == "f" else array


def _as_floats(array: NDArray[Any]) -> NDArray[Any]:
    try:
        return array.astype(keras.config.floatx())
    except (TypeError, ValueError):
        return array
