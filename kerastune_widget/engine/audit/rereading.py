"""Two readings of the same source of data: whether they are the same, and if not, what about them differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..arrays import flatten
from ..dataset import ArrayData

Difference = Literal["none", "order", "sides", "rows", "values", "shapes", "unsure"]
"""Nothing; the rows in another order; rows that changed between training and validation; other rows chosen; the same
rows with other values (augmentation, noise); other numbers of rows; other rows at the beginning of a stream too long to
be read to its end, which may be its order or its values."""

_Hashes = NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """What is kept of one reading of a data set.

    Attributes:
        rows: One number for each row, equal for equal rows; int64 of shape (rows,).
        targets: The same of the targets alone; of shape (0,) when there are none.
        stream: Whether it came as a stream, which shuffles and changes rows but chooses no others.
        cut: Whether there was more to read.
    """

    rows: _Hashes
    targets: _Hashes
    stream: bool = False
    cut: bool = False

    def equals(self, other: Reading) -> bool:
        """Whether the rows are the same, in the same order."""
        return bool(np.array_equal(self.rows, other.rows))


@dataclass(frozen=True)
class Rereading:
    """What two readings came to.

    Attributes:
        what: What about them differs.
        share: Part of the rows that it concerns, 0 to 1.
        of_function: Whether a function of the user's gives the data, and not a stream.
        seedable: Whether the readings are equal once Python's and NumPy's own generators are seeded before each.
        of_stream: Whether all that differs came as streams.
    """

    what: Difference
    share: float = 0.0
    of_function: bool = False
    seedable: bool = False
    of_stream: bool = False


def reading_of(data: ArrayData, *, stream: bool = False) -> Reading:
    """Return what is kept of data that were read to their end.

    Args:
        data: What was read.
        stream: Whether it came as a stream.
    """
    targets = flatten(data.y)
    leaves = [*flatten(data.x), *targets, *flatten(data.sample_weight)]
    return Reading(_hashes(leaves), _hashes(targets), stream)


def joined_readings(batches: list[Reading], *, cut: bool) -> Reading:
    """Return the reading of a stream from those of its batches.

    Args:
        batches: In their order.
        cut: Whether there was more to read.
    """
    rows, targets = [one.rows for one in batches], [one.targets for one in batches]
    return Reading(np.concatenate(rows), np.concatenate(targets), True, cut)


def compare_readings(first: list[Reading], second: list[Reading]) -> tuple[Difference, float]:
    """Say what differs between two readings, and which part of the rows it concerns.

    Args:
        first: Training data, and validation data if there are any.
        second: The same, read again.
    """
    pairs = list(zip(first, second, strict=True))
    found = _compare_whole([pair for pair in pairs if not (pair[0].cut or pair[1].cut)])
    found += [_compare_cut(*pair) for pair in pairs if pair[0].cut or pair[1].cut]
    telling = [one for one in found if one[0] not in ("none", "order", "unsure")]
    return next(iter([*telling, *(one for one in found if one[0] != "none")]), ("none", 0.0))


def _compare_cut(first: Reading, second: Reading) -> tuple[Difference, float]:
    """Compare beginnings: shuffling brings other rows into them, so only targets in place tell of changed inputs."""
    count = min(len(first.rows), len(second.rows))
    ours, theirs = first.rows[:count], second.rows[:count]
    moved = float((ours != theirs).mean())
    if moved == 0:
        return "none", 0.0
    targets = first.targets[:count]
    if len(np.unique(targets)) > 1 and np.array_equal(targets, second.targets[:count]):
        return "values", moved
    return ("order" if _common(ours, theirs) else "unsure"), moved


def _compare_whole(pairs: list[tuple[Reading, Reading]]) -> list[tuple[Difference, float]]:
    if all(one.equals(other) for one, other in pairs):
        return []
    ours, theirs = [one.rows for one, _ in pairs], [other.rows for _, other in pairs]
    total = sum(map(len, ours))
    if [len(one) for one in ours] != [len(one) for one in theirs]:
        return [("shapes", 1.0)]
    moved = sum(int((one != other).sum()) for one, other in zip(ours, theirs, strict=True)) / total
    if all(_same_rows(*pair) for pair in zip(ours, theirs, strict=True)):
        return [("order", moved)]
    if _same_rows(np.concatenate(ours), np.concatenate(theirs)):
        return [("sides", 1 - _common(ours[-1], theirs[-1]) / len(ours[-1]))]
    common = _common(np.concatenate(ours), np.concatenate(theirs)) / total
    if common == 0 or all(_targets_stay(*pair) for pair in pairs):
        return [("values", moved)]
    return [("rows", 1 - common)]


def _hashes(leaves: list[NDArray[Any]]) -> _Hashes:
    """Hash row by row; zeros at the end count for nothing, as the rows of a batch may be padded to its longest."""
    whole = [np.ascontiguousarray(leaf) for leaf in leaves]
    rows = range(len(whole[0]) if whole else 0)
    return np.array([hash(tuple(_content(leaf, row) for leaf in whole)) for row in rows], np.int64)


def _content(leaf: NDArray[Any], row: int) -> bytes | str:
    if leaf.dtype.hasobject:  # strings: their bytes would be those of pointers
        return str(np.asarray(leaf[row]).tolist())
    return bytes(leaf[row].tobytes()).rstrip(b"\0")


def _same_rows(first: _Hashes, second: _Hashes) -> bool:
    return bool(np.array_equal(np.sort(first), np.sort(second)))


def _common(first: _Hashes, second: _Hashes) -> int:
    return (Counter(first.tolist()) & Counter(second.tolist())).total()


def _targets_stay(first: Reading, second: Reading) -> bool:
    """Whether the targets are where they were (a stream's: in any order), so that inputs changed and no choice did."""
    if not len(first.targets):
        return False
    return _same_rows(first.targets, second.targets) if first.stream else np.array_equal(first.targets, second.targets)
