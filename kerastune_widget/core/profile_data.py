"""Training and validation data in any form, measured in a fraction of a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .data_arrays import Array, named_arrays, read_batches
from .data_moments import HUGE, draw_places, measure_shift, measure_stretch, profile_input
from .data_neighbours import (
    REFERENCES,
    duplicate_shares,
    measure_agreement,
    near_share,
    row_hashes,
    shared_share,
    to_features,
)
from .data_profile import DataProfile, TargetProfile
from .data_targets import class_labels, profile_target

FEWEST_SORTED = 20  # rows; fewer are in order by chance, or to be read
MOST_HASHED = 200_000  # rows compared for equality; among more, a sample
MOST_BYTES_HASHED = 200_000_000
MOST_VALUES_COMPARED = 4_000_000  # of the rows among which neighbours are looked for
WIDEST_ROW = 100_000  # values of one row, beyond which rows are not compared


def profile_data(
    inputs: Any,
    targets: Any,
    validation_inputs: Any = None,
    validation_targets: Any = None,
    *,
    classification: bool | None = None,
) -> DataProfile:
    """Measure data held in memory. Nothing is changed, and the same data give the same numbers.

    Args:
        inputs: An array of shape (rows, ...), a tensor, a table, or a list, tuple or dict of these for several inputs.
            What holds no numbers is left out.
        targets: Likewise; None without targets.
        validation_inputs: Likewise; None without validation data.
        validation_targets: Likewise.
        classification: Whether targets of whole numbers are class numbers; None to judge by the numbers.

    Returns:
        The profile. Moments are taken over some million values at most, equal rows are looked for among all rows up to
        200,000, neighbours are looked for of 1,000 rows. ``near_shared`` is how much oftener validation rows than
        training rows lie nearer to a training row than 0.13 of the usual distance between nearest training rows.
    """
    x, y = named_arrays(inputs), named_arrays(targets)
    x_other, y_other = named_arrays(validation_inputs), named_arrays(validation_targets)
    rows = max((len(array) for array in (*x.values(), *y.values()) if array is not None), default=0)
    other_rows = max((len(array) for array in (*x_other.values(), *y_other.values()) if array is not None), default=0)
    judged = {
        name: profile_target(name, array, y_other.get(name), classification)
        for name, array in y.items()
        if array is not None
    }
    labels = _labels(y, judged, rows)
    return DataProfile(
        rows=rows,
        validation_rows=other_rows or None,
        inputs=tuple(profile_input(name, array) for name, array in x.items() if array is not None),
        targets=tuple(judged.values()),
        order_dependence=_order_dependence(y, judged, labels),
        shift=measure_shift(x, x_other),
        target_shift=measure_shift(_numbers_of(y, judged), y_other),
        sorted_by_target=any(_is_sorted(array) for array in y.values() if array is not None),
        stretch=measure_stretch(x, x_other),
        **_compare_rows(x, x_other, labels, rows),
    )


def profile_any(data: Any, validation: Any = None, *, classification: bool | None = None) -> DataProfile | None:
    """Measure data in any form that ``diagnose`` takes; None for what cannot be read.

    Args:
        data: ``x``, ``(x, y)``, ``(x, y, sample_weight)``, ``((x, y), (x_val, y_val))``, a ``tf.data.Dataset`` (of
            which some thousand rows are read) or a pair of them, or a profile made before.
        validation: The validation data, in any of these forms but the pairs.
        classification: Whether targets of whole numbers are class numbers; None to judge by the numbers.
    """
    if data is None or isinstance(data, DataProfile):
        return data
    try:
        return _read_any(data, validation, classification)
    except Exception:  # a user's own data set may fail in any way; curves and model can still be read
        return None


def _read_any(data: Any, validation: Any, classification: bool | None) -> DataProfile | None:
    if validation is None and _is_pair(data):
        data, validation = data[0], data[1]
    (x, y), rows = _inputs_and_targets(data)
    (x_other, y_other), other_rows = ((None, None), 0) if validation is None else _inputs_and_targets(validation)
    found = profile_data(x, y, x_other, y_other, classification=classification)
    if not found.inputs and not found.targets:
        return None
    if rows is None:  # it may go round for ever: rows read twice are no duplicates
        found = replace(found, duplicates=0.0, contradictions=0.0)
    return replace(found, rows=rows or found.rows, validation_rows=other_rows or found.validation_rows)


def _inputs_and_targets(data: Any) -> tuple[tuple[Any, Any], int | None]:
    """Return inputs and targets, and how many rows there are: 0 for as many as these have, None when nobody knows."""
    batched = read_batches(data)
    if batched is not None:
        return batched
    if isinstance(data, tuple | list) and 2 <= len(data) <= 3 and _rows(data[0]) is not None:
        return (data[0], data[1]), 0
    if isinstance(data, tuple) and data:
        return (data[0], data[1] if len(data) > 1 else None), 0
    return (data, None), 0


def training_part(data: Any) -> Any:
    """Return ``data`` without the validation data that may stand beside it: ``(x, y)`` or whatever it came as."""
    return data[0] if _is_pair(data) else data


def _is_pair(data: Any) -> bool:
    """Whether ``data`` is training data and validation data, rather than inputs and targets."""
    if not isinstance(data, tuple | list) or len(data) < 2:
        return False
    if all(hasattr(part, "element_spec") or hasattr(part, "num_batches") for part in data[:2]):
        return True
    if not all(isinstance(part, tuple) and 2 <= len(part) <= 3 for part in data[:2]):
        return False
    (x, y), (x_other, y_other) = data[0][:2], data[1][:2]
    lengths = [_rows(part) for part in (x, y, x_other, y_other)]
    if None in lengths or lengths[0] != lengths[1] or lengths[2] != lengths[3]:
        return False
    return lengths[0] != lengths[2] or _shapes(x) == _shapes(x_other)


def _rows(part: Any) -> int | None:
    return next((len(array) for array in named_arrays(part).values() if array is not None), None)


def _shapes(part: Any) -> list[tuple[int, ...]]:
    return [array.shape[1:] for array in named_arrays(part).values() if array is not None]


def _labels(
    targets: Mapping[str, Array | None], judged: Mapping[str, TargetProfile], rows: int
) -> NDArray[np.int64] | None:
    """Return one class a row, of the first target that has it."""
    for name, profile in judged.items():
        array = targets[name]
        labels = None if array is None else class_labels(array, profile.kind)
        if labels is not None and labels.ndim == 1 and len(labels) == rows:
            return labels
    return None


def _order_dependence(
    targets: Mapping[str, Array | None], judged: Mapping[str, TargetProfile], labels: NDArray[np.int64] | None
) -> float | None:
    if labels is not None:
        return _class_order(labels)
    for name, profile in judged.items():
        array = targets[name]
        if profile.kind == "regression" and array is not None and array.size == len(array) and len(array) > 2:
            values = np.nan_to_num(array.ravel().astype(np.float64), posinf=0.0, neginf=0.0).clip(-HUGE, HUGE)
            before, after = values[:-1] - values.mean(), values[1:] - values.mean()
            total = float(((values - values.mean()) ** 2).sum())
            return float((before * after).sum()) / total if total > 0 else None
    return None


def _numbers_of(targets: Mapping[str, Array | None], judged: Mapping[str, TargetProfile]) -> dict[str, Array | None]:
    return {name: targets[name] for name, profile in judged.items() if profile.kind == "regression"}


def _is_sorted(array: Array) -> bool:
    if array.size != len(array) or len(array) < FEWEST_SORTED:
        return False
    steps = np.sign(np.diff(array.ravel().astype(np.float64)))
    return bool(steps.any() and ((steps >= 0).all() or (steps <= 0).all()))


def _class_order(labels: NDArray[np.int64]) -> float | None:
    counts = np.bincount(labels)
    shares = counts / max(len(labels), 1)
    chance = float((shares**2).sum())
    if len(labels) < 3 or chance >= 1.0:
        return None
    seen = float((labels[1:] == labels[:-1]).mean())
    most = 1.0 - (np.count_nonzero(counts) - 1) / (len(labels) - 1)  # sorted rows, one border between two classes
    return (seen - chance) / (most - chance) if most > chance else None


def _compare_rows(
    x: Mapping[str, Array | None], other: Mapping[str, Array | None], labels: NDArray[np.int64] | None, rows: int
) -> dict[str, Any]:
    """Return the shares of equal and of near rows; rows that cannot be read whole are not compared."""
    ours = {name: array for name, array in x.items() if array is not None and len(array) == rows}
    width = sum(array[0].size for array in ours.values())
    if not ours or len(ours) < len(x) or not 0 < width <= WIDEST_ROW or rows < 2:
        return {}
    theirs = _same_inputs(ours, other)
    octets = sum(array[0].nbytes for array in ours.values())
    most = min(MOST_HASHED, MOST_BYTES_HASHED // octets)
    places = draw_places(rows, most)
    hashes = row_hashes(_rows_at(ours, places), theirs)
    duplicates, contradictions = duplicate_shares(hashes, None if labels is None else labels[places])
    found = {"duplicates": duplicates, "contradictions": contradictions, "sampled": len(places)}
    if theirs:
        found["shared"] = shared_share(hashes, row_hashes(_rows_at(theirs, _all_of(theirs, most)), ours))
    return found | _compare_neighbours(ours, theirs, labels, width)


def _compare_neighbours(
    ours: Mapping[str, Array], theirs: Mapping[str, Array], labels: NDArray[np.int64] | None, width: int
) -> dict[str, Any]:
    most = min(REFERENCES, MOST_VALUES_COMPARED // width)
    places = draw_places(len(next(iter(ours.values()))), most)
    other = _rows_at(theirs, _all_of(theirs, most)) if theirs else None
    points, other_points = to_features(_rows_at(ours, places), other)
    agreement = None if labels is None else measure_agreement(points, labels[places])
    near = near_share(points, other_points) if theirs else None
    if agreement is None:
        return {"near_shared": near}
    return {
        "near_shared": near,
        "neighbour_disagreement": agreement.disagreement,
        "inner_disagreement": agreement.inside,
        "neighbour_chance": agreement.chance,
    }


def _same_inputs(ours: Mapping[str, Array], other: Mapping[str, Array | None]) -> dict[str, Array]:
    """Return the validation inputs when they are the training inputs' like, else nothing."""
    found = {name: array for name in ours if (array := other.get(name)) is not None}
    alike = len(found) == len(ours) and all(ours[name].shape[1:] == found[name].shape[1:] for name in ours)
    return found if alike and len({len(array) for array in found.values()}) == 1 else {}


def _all_of(arrays: Mapping[str, Array], most: int) -> NDArray[np.intp]:
    return draw_places(len(next(iter(arrays.values()))), most)


def _rows_at(arrays: Mapping[str, Array], places: NDArray[np.intp]) -> dict[str, Array]:
    return {name: array if len(places) == len(array) else array[places] for name, array in arrays.items()}
