"""Holding out validation rows: shuffled and, for classes, in equal shares. Keras takes the unshuffled tail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .dataset import ArrayData, class_labels


def rows_to_hold_out(data: ArrayData, share: float, *, seed: int, shuffle: bool, classes: bool) -> NDArray[np.intp]:
    """Return the numbers of the rows to validate on, ascending.

    Args:
        data: What to split.
        share: Part to hold out, above 0 and below 1.
        seed: Fixes which rows.
        shuffle: False holds out the last rows, as ``fit(validation_split=...)`` does.
        classes: Whether the loss takes the targets for classes; where each row has one, they are held out in equal
            shares.

    Raises:
        DataError: If ``share`` is out of range or would leave one side empty.
    """
    if not 0 < share < 1:
        raise DataError(f"validation_split must lie between 0 and 1; received {share!r}.")
    first_held = int(np.floor(data.rows * (1 - share)))  # Keras's own rounding
    if first_held == 0 or first_held == data.rows:
        raise DataError(
            f"validation_split={share!r} of {data.rows} rows leaves one side empty. "
            "Choose another share or pass validation_data."
        )
    if not shuffle:
        return np.arange(first_held, data.rows)
    return np.sort(draw_rows(data, data.rows - first_held, seed, classes))


def split_off(data: ArrayData, rows: NDArray[np.intp]) -> tuple[ArrayData, ArrayData]:
    """Return the rest of the data and the given rows; the rows of each keep their order."""
    kept = np.ones(data.rows, dtype=bool)
    kept[rows] = False
    return data.take(np.flatnonzero(kept)), data.take(rows)


def draw_rows(data: ArrayData, count: int, seed: int, classes: bool) -> NDArray[np.intp]:
    """Return the numbers of ``count`` rows drawn by ``seed``, in no order; with ``classes``, in equal shares."""
    order = np.random.default_rng(seed).permutation(data.rows)
    every = class_labels(data.y) if classes else None
    if every is None:
        return order[:count]
    # Sorting the shuffled rows by their relative rank within their class spreads every class evenly.
    labels = every[order]
    rank = np.empty(data.rows)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    return order[np.argsort(rank, kind="stable")[:count]]
