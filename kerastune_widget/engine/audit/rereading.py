"""Two readings of the same source of data: whether they are the same, and if not, what about them differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..arrays import flatten
from ..dataset import ArrayData

Difference = Literal["none", "order", "sides", "rows", "values", "shapes"]
"""Nothing; the rows in another order; rows that changed between training and validation; other rows chosen; the same
rows with other values (augmentation, noise); other numbers of rows."""


@dataclass(frozen=True)
class Rereading:
    """What two readings came to.

    Attributes:
        what: What about them differs.
        share: Part of the rows that it concerns, 0 to 1.
        of_function: Whether a function of the user's gives the data, and not a stream.
        seedable: Whether the readings are equal once Python's and NumPy's own generators are seeded before each.
    """

    what: Difference
    share: float = 0.0
    of_function: bool = False
    seedable: bool = False


def compare_readings(
    first: list[ArrayData], second: list[ArrayData], *, stream: bool = False
) -> tuple[Difference, float]:
    """Say what differs between two readings, and which part of the rows it concerns.

    Args:
        first: Training data, and validation data if there are any.
        second: The same, read again.
        stream: Whether they come as a stream, which shuffles and changes rows but chooses no others: then the same
            targets in any order tell that it is the inputs that were changed.
    """
    if all(_equal(*pair) for pair in zip(first, second, strict=True)):
        return "none", 0.0
    ours, theirs = [_hashes(part) for part in first], [_hashes(part) for part in second]
    total = sum(map(len, ours))
    if [len(one) for one in ours] != [len(one) for one in theirs]:
        return "shapes", 1.0
    moved = sum(int((one != other).sum()) for one, other in zip(ours, theirs, strict=True)) / total
    if all(_same_rows(*pair) for pair in zip(ours, theirs, strict=True)):
        return "order", moved
    if _same_rows(np.concatenate(ours), np.concatenate(theirs)):
        return "sides", 1 - _common(ours[-1], theirs[-1]) / len(ours[-1])
    common = _common(np.concatenate(ours), np.concatenate(theirs)) / total
    if common == 0 or _labels_stay(first, second, in_any_order=stream):
        return "values", moved
    return "rows", 1 - common


def _equal(first: ArrayData, second: ArrayData) -> bool:
    ours, theirs = _leaves(first), _leaves(second)
    return len(ours) == len(theirs) and all(
        np.array_equal(one, other, equal_nan=one.dtype.kind == "f") for one, other in zip(ours, theirs, strict=True)
    )


def _leaves(data: ArrayData) -> list[NDArray[Any]]:
    return [leaf for part in (data.x, data.y, data.sample_weight) for leaf in flatten(part)]


def _hashes(data: ArrayData) -> NDArray[np.int64]:
    """Return one number for each row, equal for equal rows."""
    leaves = [np.ascontiguousarray(leaf) for leaf in _leaves(data)]
    return np.array([hash(tuple(leaf[row].tobytes() for leaf in leaves)) for row in range(data.rows)], np.int64)


def _same_rows(first: NDArray[np.int64], second: NDArray[np.int64]) -> bool:
    return bool(np.array_equal(np.sort(first), np.sort(second)))


def _common(first: NDArray[np.int64], second: NDArray[np.int64]) -> int:
    return (Counter(first.tolist()) & Counter(second.tolist())).total()


def _labels_stay(first: list[ArrayData], second: list[ArrayData], *, in_any_order: bool) -> bool:
    """Whether all targets are where they were, so that the inputs were changed and not the choice of rows."""
    for one, other in zip(first, second, strict=True):
        ours, theirs = flatten(one.y), flatten(other.y)
        if in_any_order:
            ours, theirs = [np.sort(leaf, axis=0) for leaf in ours], [np.sort(leaf, axis=0) for leaf in theirs]
        if not ours or not all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True)):
            return False
    return True
