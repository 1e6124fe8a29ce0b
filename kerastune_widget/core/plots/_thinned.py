"""A long curve with fewer points, so that its picture stays the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def kept_places(values: NDArray[Any], most: int = 1200) -> NDArray[np.intp]:
    """Return which values of a curve to draw: all of a short one, else the first, the last and each stretch's extremes.

    Args:
        values: The curve, one value a step.
        most: About how many to keep, 4 or more.

    Returns:
        Places in ``values``, ascending, each once.
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    edges = np.linspace(0, count, most // 2 + 1).astype(np.intp)[:-1]
    stretches = [(start, end) for start, end in zip(edges, [*edges[1:], count], strict=True) if end > start]
    found = [start + np.array([np.argmin(values[start:end]), np.argmax(values[start:end])]) for start, end in stretches]
    return np.unique(np.concatenate([[0, count - 1], *found]))
