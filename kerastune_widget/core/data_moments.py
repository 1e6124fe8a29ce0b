"""Scale and spread of the inputs, and how far validation data lie from training data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .data_arrays import Array
from .data_profile import InputProfile

Numbers = NDArray[np.float64]

MOST_VALUES = 1_000_000  # to take moments of
HUGE = 1e100  # beyond it squares overflow, and nobody can tell the difference
MOST_FEATURES = 4096  # beyond it, positions of the last axis stand for features


def take_evenly(array: Array, most: int) -> Array:
    """Return at most ``most`` rows, drawn from all of them, in their order."""
    return array if len(array) <= most else np.asarray(array[draw_places(len(array), most)])


def draw_places(rows: int, most: int) -> NDArray[np.intp]:
    """Return at most ``most`` places among ``rows``, ascending; the same ones each time."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def sampled_values(array: Array) -> Numbers:
    """Return as many rows as make ``MOST_VALUES`` values, two at least, as float64 with NaN for what is not finite."""
    width = max(array[0].size, 1)
    values = take_evenly(array, max(MOST_VALUES // width, 2)).astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    return np.clip(values, -HUGE, HUGE, out=values)


def profile_input(name: str, array: Array) -> InputProfile:
    """Measure one input.

    Args:
        name: Its name.
        array: Numbers of shape (rows, ...).
    """
    values = sampled_values(array)
    missing = count_not_finite(array)
    if np.isnan(values).all():
        return InputProfile(name, array.shape[1:], not_finite=missing)
    table = values.reshape(-1, values.shape[-1] if values.ndim > 1 else 1)
    table = table[:, ~np.isnan(table).all(axis=0)]
    means, spreads = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    varies = np.nanmax(table, axis=0) > np.nanmin(table, axis=0)
    least, most = float(np.nanmin(table)), float(np.nanmax(table))
    finite = table[~np.isnan(table)]
    return InputProfile(
        name=name,
        shape=tuple(int(size) for size in array.shape[1:]),
        whole_numbers=bool(least >= 0 and (finite == np.round(finite)).all()),
        minimum=least,
        maximum=most,
        mean=float(finite.mean()),
        spread=float(finite.std()),
        feature_means=(float(means.min()), float(means.max())),
        feature_spreads=(float(spreads[varies].min()), float(spreads[varies].max())) if varies.any() else (0.0, 0.0),
        constant_features=int((~varies).sum()),
        features=int(array.shape[-1]) if array.ndim > 1 else 1,
        not_finite=missing,
    )


def count_not_finite(array: Array) -> int:
    """Return how many values are NaN or infinite."""
    if array.dtype.kind != "f":
        return 0
    rows = max(4 * MOST_VALUES // max(array[0].size, 1), 1)  # a piece at a time: no second array of the whole size
    return sum(int((~np.isfinite(array[at : at + rows])).sum()) for at in range(0, len(array), rows))


def measure_shift(
    training: Mapping[str, Array | None], validation: Mapping[str, Array | None]
) -> tuple[float, float] | None:
    """Return how far the mean of a feature lies from training to validation, for the feature that differs most.

    Returns:
        The difference in standard deviations within the two sets, and in standard errors; of the features that differ
        by more than chance (5 standard errors) the one with the greatest deviation. None when they cannot be compared.
    """
    found = [
        _shift(first, second)
        for name, first in training.items()
        if first is not None and (second := validation.get(name)) is not None and first.shape[1:] == second.shape[1:]
    ]
    return max((pair for pair in found if pair is not None), key=_place, default=None)


def _place(pair: tuple[float, float]) -> tuple[bool, float]:
    return (pair[1] > 5.0, pair[0])


def _shift(first: Array, second: Array) -> tuple[float, float] | None:
    ours, theirs = _table(first), _table(second)
    counts = np.maximum((~np.isnan(ours)).sum(axis=0), 1), np.maximum((~np.isnan(theirs)).sum(axis=0), 1)
    known = ~(np.isnan(ours).all(axis=0) | np.isnan(theirs).all(axis=0))
    if not known.any() or len(ours) < 2 or len(theirs) < 2:
        return None
    ours, theirs, rows = ours[:, known], theirs[:, known], (counts[0][known], counts[1][known])
    variances = np.nanvar(ours, axis=0), np.nanvar(theirs, axis=0)
    distance = np.abs(np.nanmean(ours, axis=0) - np.nanmean(theirs, axis=0))
    within = np.sqrt((rows[0] * variances[0] + rows[1] * variances[1]) / (rows[0] + rows[1]))
    error = np.sqrt(variances[0] / rows[0] + variances[1] / rows[1])
    varies = within > 1e-9 * (1e-9 + np.abs(np.nanmean(ours, axis=0)))
    pairs = list(zip(distance[varies] / within[varies], distance[varies] / error[varies], strict=True))
    return max(((float(one), float(other)) for one, other in pairs), key=_place, default=None)


def measure_stretch(training: Mapping[str, Array | None], validation: Mapping[str, Array | None]) -> float | None:
    """Return how many times as far the values of a feature spread in validation as in training, in the median."""
    ratios: list[float] = []
    for name, first in training.items():
        second = validation.get(name)
        if first is None or second is None or first.shape[1:] != second.shape[1:] or min(len(first), len(second)) < 2:
            continue
        ours, theirs = (np.nanstd(np.nan_to_num(_table(array)), axis=0) for array in (first, second))
        varies = (ours > 0) & (theirs > 0)
        ratios += (theirs[varies] / ours[varies]).tolist()
    return float(np.median(ratios)) if ratios else None


def _table(array: Array) -> Numbers:
    """Return rows by features; for wide rows the mean over all but the last axis."""
    values = sampled_values(array)
    flat = values.reshape(len(values), -1)
    if flat.shape[1] <= MOST_FEATURES or values.ndim < 3:
        return flat[:, :MOST_FEATURES]
    return np.asarray(values.reshape(len(values), -1, values.shape[-1]).mean(axis=1))
