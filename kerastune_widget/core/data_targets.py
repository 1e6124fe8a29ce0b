"""What the targets are, and what a model that knows nothing of the inputs would get on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .data_arrays import Array
from .data_moments import MOST_VALUES, count_not_finite, sampled_values
from .data_profile import TargetKind, TargetProfile

MOST_CLASSES = 10_000
DENSE = 0.5  # share of the numbers from 0 or 1 to the greatest that occur, where whole numbers are classes
ROWS_A_CLASS = 3  # on average; whole numbers that hardly repeat are quantities
MOST_COLUMNS = 4096  # to take a mean or a median of each


def profile_target(
    name: str, array: Array, validation: Array | None = None, classification: bool | None = None
) -> TargetProfile:
    """Measure one target.

    Args:
        name: Its name.
        array: Numbers of shape (rows, ...).
        validation: The validation rows' target, or None.
        classification: Whether whole numbers are class numbers; None to judge by the numbers.
    """
    kind = target_kind(array, classification)
    labels = class_labels(array, kind)
    judge = validation if validation is not None and validation.shape[1:] == array.shape[1:] else None
    counts, validation_counts = _counts(array, judge, kind)
    values = sampled_values(array)
    table = values.reshape(-1, values.shape[-1] if values.ndim > 1 else 1)
    known = ~np.isnan(table).all(axis=0)
    finite = table[~np.isnan(table)] if known.any() else np.zeros(1)
    spread = float(np.nanstd(table[:, known], axis=0).mean()) if known.any() else 0.0
    classes = None if kind == "regression" else 2 if kind == "binary" else len(counts)
    return TargetProfile(
        name=name,
        kind=kind,
        columns=int(array.shape[-1]) if array.ndim > 1 else 1,
        classes=classes,
        counts=tuple(counts),
        validation_counts=tuple(validation_counts),
        minimum=float(finite.min()),
        maximum=float(finite.max()),
        mean=float(finite.mean()),
        spread=spread,
        not_finite=count_not_finite(array),
        numbers=int(np.prod(array.shape[1:], dtype=np.int64)),
        trivial=_trivial(array, array if judge is None else judge, labels is not None or kind == "multi_label", kind),
    )


def target_kind(array: Array, classification: bool | None = None) -> TargetKind:
    """Return what the numbers of a target stand for.

    Args:
        array: Numbers of shape (rows, ...).
        classification: Whether whole numbers are class numbers; None to judge by the numbers. Zeros and ones, and rows
            of shares that add up to 1, tell by themselves.
    """
    values = sampled_values(array)
    finite = values[~np.isnan(values)]
    columns = values.shape[-1] if values.ndim > 1 else 1
    if not len(finite):
        return "regression"
    if columns > 1 and finite.min() >= 0 and np.allclose(np.nansum(values, axis=-1), 1.0, atol=1e-3):
        return "one_hot"
    whole = bool((finite == np.round(finite)).all())
    if whole and np.isin(finite, (0.0, 1.0)).all():
        return "multi_label" if columns > 1 else "binary"
    if not whole:
        return "regression"
    if columns == 1 and np.isin(finite, (-1.0, 1.0)).all():
        return "binary"
    return "classes" if _are_classes(array, finite, columns, classification) else "regression"


def _are_classes(array: Array, finite: NDArray[np.float64], columns: int, classification: bool | None) -> bool:
    if classification is False or finite.min() < 0 or finite.max() >= MOST_CLASSES:
        return False
    if classification:
        return True
    different = len(np.unique(finite))
    dense = different >= DENSE * (finite.max() - min(finite.min(), 1) + 1)
    return bool(columns == 1 and finite.min() <= 1 and dense and len(finite) >= ROWS_A_CLASS * different)


def class_labels(array: Array, kind: TargetKind) -> NDArray[np.int64] | None:
    """Return the class number of each row (of each position, for a sequence); None where a row has no single class."""
    if kind in ("regression", "multi_label"):
        return None
    if kind == "one_hot":
        return np.asarray(np.argmax(np.nan_to_num(array), axis=-1), dtype=np.int64)
    values = array[..., 0] if array.ndim > 1 and array.shape[-1] == 1 else array
    numbers = np.nan_to_num(values, posinf=0.0, neginf=0.0) if values.dtype.kind == "f" else values
    return np.asarray(numbers > 0 if kind == "binary" else np.maximum(numbers, 0), dtype=np.int64)


def _counts(array: Array, judge: Array | None, kind: TargetKind) -> tuple[list[int], list[int]]:
    """Return how many rows of each class there are in training and in validation, with as many classes in both."""
    both = [array] if judge is None else [array, judge]
    if kind == "regression":
        return [], []
    if kind == "multi_label":
        found = [np.nansum(one.reshape(-1, one.shape[-1]), axis=0).astype(int).tolist() for one in both]
        return found[0], found[1] if judge is not None else []
    labels = [class_labels(one, kind) for one in both]
    flat = [one.ravel() for one in labels if one is not None]
    least = array.shape[-1] if kind == "one_hot" else 2 if kind == "binary" else 0
    count = max(least, *(int(one.max()) + 1 for one in flat))
    if count > MOST_CLASSES:
        return [], []
    found = [np.bincount(one, minlength=count).tolist() for one in flat]
    return found[0], found[1] if judge is not None else []


def _trivial(array: Array, judge: Array, classified: bool, kind: TargetKind) -> dict[str, float]:
    ours, theirs = sampled_values(array), sampled_values(judge)
    if not (~np.isnan(ours)).any() or not (~np.isnan(theirs)).any():
        return {}
    ours, theirs = _columns(ours), _columns(theirs)
    known = ~np.isnan(ours).all(axis=0)
    ours, theirs = ours[:, known], theirs[:, known]
    found = {
        "mean_squared_error": float(np.nanmean((theirs - np.nanmean(ours, axis=0)) ** 2)),
        "mean_absolute_error": float(np.nanmean(np.abs(theirs - np.nanmedian(ours, axis=0)))),
    }
    return found | _trivial_classes(array, judge, kind) if classified else found


def _columns(values: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = values.reshape(len(values), -1)
    return flat if flat.shape[1] <= min(MOST_COLUMNS, MOST_VALUES) else values.reshape(-1, values.shape[-1])


def _trivial_classes(array: Array, judge: Array, kind: TargetKind) -> dict[str, float]:
    if kind == "multi_label":
        shares = np.nanmean(array.reshape(-1, array.shape[-1]), axis=0)
        is_set = judge.reshape(-1, judge.shape[-1]) > 0.5
        chances = np.clip(np.where(is_set, shares, 1.0 - shares), 1.0 / (len(array) + 2.0), 1.0)
        return {
            "accuracy": float(np.mean(is_set == (shares > 0.5))),
            "cross_entropy": float(-np.log(chances).mean()),
        }
    labels, truth = class_labels(array, kind), class_labels(judge, kind)
    if labels is None or truth is None:
        return {}
    count = int(max(labels.max(), truth.max())) + 1
    shares = np.bincount(labels.ravel(), minlength=count) / labels.size
    chances = np.maximum(shares[truth.ravel()], 1.0 / (labels.size + count))  # a class that training lacks: not 0
    return {
        "accuracy": float(np.mean(truth == np.argmax(shares))),
        "cross_entropy": float(-np.log(chances).mean()),
    }
