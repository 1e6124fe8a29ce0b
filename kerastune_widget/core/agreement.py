"""How far two sets of numbers agree: equal, equal within rounding, or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCES = {"float64": 1e-10, "float32": 1e-4, "bfloat16": 5e-2, "float16": 5e-2}
"""The largest relative difference taken for rounding, by the type that was computed in.

About a thousand units in the last place for float32 and float64, since each layer adds a few; six to fifty for the
short types, whose sums Keras takes in float32.
"""


@dataclass(frozen=True)
class Agreement:
    """How far two sets of arrays agree.

    Attributes:
        size: The largest difference, as a share of the largest number of the array it is in; 0 when all are equal,
            infinite when shapes, texts or what is finite differ.
        tolerance: The largest ``size`` that is taken for rounding.
    """

    size: float
    tolerance: float

    @property
    def equal(self) -> bool:
        """Whether all numbers are the same, bit for bit (NaN equals NaN)."""
        return self.size == 0.0

    @property
    def within_rounding(self) -> bool:
        """Whether they are equal, or differ by no more than rounding."""
        return self.size <= self.tolerance


def agreement(first: Sequence[Any], second: Sequence[Any], dtype: str = "float32") -> Agreement:
    """Compare two lists of arrays, pair by pair.

    Args:
        first: Arrays of any shape and type.
        second: As many.
        dtype: What they were computed in: "float64", "float32", "bfloat16" or "float16".
    """
    tolerance = TOLERANCES.get(dtype, TOLERANCES["float32"])
    if len(first) != len(second):
        return Agreement(float("inf"), tolerance)
    sizes = [_size(np.asarray(one), np.asarray(other)) for one, other in zip(first, second, strict=True)]
    return Agreement(max(sizes, default=0.0), tolerance)


def _size(first: NDArray[Any], second: NDArray[Any]) -> float:
    if first.shape != second.shape:
        return float("inf")
    if first.dtype.kind not in "biuf" or second.dtype.kind not in "biuf":
        return 0.0 if bool(np.all(first == second)) else float("inf")
    ours, theirs = first.astype(np.float64), second.astype(np.float64)
    if np.array_equal(ours, theirs, equal_nan=True):
        return 0.0
    finite = np.isfinite(ours)
    if not np.array_equal(finite, np.isfinite(theirs)) or not finite.any():
        return float("inf")
    apart = float(np.abs(ours - theirs)[finite].max())
    scale = float(np.maximum(np.abs(ours), np.abs(theirs))[finite].max())
    return apart / scale if apart else float("inf")  # equal where finite, but infinities of another sign
