"""Which rows are equal, which are near each other, and whether neighbours agree about their class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .data_arrays import Array
from .data_moments import sampled_values, take_evenly

Features = NDArray[np.float32]
Labels = NDArray[np.int64]

QUERIES = 800  # rows whose neighbours are looked for
REFERENCES = 8000  # rows among which the nearest is looked for
VOTERS = 4000  # rows among which those that vote are looked for
NEIGHBOURS = (10, 30)  # that vote on a class: few where classes are small, else enough for a clear majority
WIDEST = 64  # features; wider rows are projected, which keeps distances to about a tenth
FARTHEST = 5.0  # standard deviations: one rare value does not decide who is near
ONE_UNIT = 20.0  # times the range of most features: nobody would put two units on one scale
NEAR = 0.13  # of the usual distance, as in cleanlab's near-duplicates
PIECE = 1 << 19  # bytes hashed at once: they stay in the processor's cache
FEWEST = 30  # rows; among fewer nobody is near


@dataclass(frozen=True)
class Agreement:
    """Whether rows near each other have the same class.

    Attributes:
        disagreement: Share of rows whose class is not that of most of their neighbours.
        inside: The same share among the third of the rows whose neighbours agree most with each other.
        chance: What ``disagreement`` is when the same labels are dealt out at random.
    """

    disagreement: float
    inside: float
    chance: float


def row_hashes(arrays: Mapping[str, Array], like: Mapping[str, Array] | None = None) -> NDArray[np.uint64]:
    """Return a number for each row, equal for rows of equal inputs and, all but surely, for no others.

    Args:
        arrays: The inputs by name, of equal numbers of rows.
        like: Inputs to be compared with, whose types are joined; None or nothing to compare these rows with each other.
    """
    total: NDArray[np.uint64] = np.zeros(len(next(iter(arrays.values()))), dtype=np.uint64)
    for place, (name, array) in enumerate(arrays.items()):
        other = like[name] if like else array
        total = total * np.uint64(0x9E3779B97F4A7C15) + _hashes(array, _joint_type(array, other), place)
    return total


def _joint_type(first: Array, second: Array) -> np.dtype[np.generic]:
    """Return a type that keeps equal values equal: of two kinds of floats the shorter one."""
    joint = np.result_type(first.dtype, second.dtype)
    both = first.dtype == second.dtype
    return np.dtype(np.float32) if joint.kind == "f" and not both else joint


def _hashes(array: Array, kind: np.dtype[np.generic], seed: int) -> NDArray[np.uint64]:
    """Whole-number arithmetic on the bytes: unlike sums of floats, it does not depend on a row's place."""
    width = array[0].size * kind.itemsize
    odd = np.random.default_rng(seed).integers(0, 2**63, -(-width // 8), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    rows = max(PIECE // max(width, 1), 1)
    pieces = [_hash_piece(array[at : at + rows], kind, odd) for at in range(0, len(array), rows)]
    return np.concatenate(pieces)


def _hash_piece(piece: Array, kind: np.dtype[np.generic], odd: NDArray[np.uint64]) -> NDArray[np.uint64]:
    rows = np.ascontiguousarray(piece.reshape(len(piece), -1), dtype=kind)
    if kind.kind == "f":
        rows = rows + kind.type(0)  # -0.0 becomes 0.0
    octets = rows.view(np.uint8)
    if octets.shape[1] % 8:
        octets = np.pad(octets, ((0, 0), (0, -octets.shape[1] % 8)))
    words = octets.view(np.uint64)
    mixed = words >> np.uint64(29)  # the low bits of a float's upper half are mostly zero, and products keep that
    np.bitwise_xor(mixed, words, out=mixed)
    np.multiply(mixed, odd, out=mixed)
    return np.asarray(mixed.sum(axis=1, dtype=np.uint64))


def shared_share(training: NDArray[np.uint64], validation: NDArray[np.uint64]) -> float:
    """Return the share of validation rows that training has too."""
    return float(np.isin(validation, training).mean()) if len(validation) else 0.0


def duplicate_shares(hashes: NDArray[np.uint64], labels: NDArray[np.int64] | None) -> tuple[float, float]:
    """Return the share of rows that equal another row, and of rows that do so with another label."""
    _, group, sizes = np.unique(hashes, return_inverse=True, return_counts=True)
    repeated = float((sizes[group] > 1).mean())
    if labels is None:
        return repeated, 0.0
    least, most = np.full(len(sizes), np.iinfo(np.int64).max), np.full(len(sizes), np.iinfo(np.int64).min)
    np.minimum.at(least, group, labels)
    np.maximum.at(most, group, labels)
    return repeated, float((least != most)[group].mean())


def to_features(
    training: Mapping[str, Array], validation: Mapping[str, Array] | None = None
) -> tuple[Features, Features]:
    """Return rows as points whose distances can be compared: scaled by training's spreads, at most ``WIDEST`` wide."""
    parts = [_standardised(array, None if validation is None else validation[name]) for name, array in training.items()]
    ours, theirs = (np.concatenate([pair[which] for pair in parts], axis=1) for which in (0, 1))
    if ours.shape[1] > WIDEST:
        directions = np.random.default_rng(0).standard_normal((ours.shape[1], WIDEST)).astype(np.float32)
        ours, theirs = ours @ directions, theirs @ directions
    return ours, theirs


def _standardised(array: Array, other: Array | None) -> tuple[Features, Features]:
    ours = _finite(array)
    theirs = ours[:0] if other is None else _finite(other)
    sample = sampled_values(ours)
    mean, spread = sample.mean(axis=0), sample.std(axis=0)
    varies = spread > 1e-6 * (1e-6 + np.abs(mean))
    spread = np.maximum(spread, _floor(sample, spread[varies]))
    scale = np.where(varies, 1.0 / np.where(varies, spread, 1.0), 0.0) / np.sqrt(ours.shape[1])
    limit = np.float32(FARTHEST / np.sqrt(ours.shape[1]))
    for rows in (ours, theirs):
        rows -= mean.astype(np.float32)
        rows *= scale.astype(np.float32)
        np.clip(rows, -limit, limit, out=rows)
    return ours, theirs


def _floor(sample: NDArray[np.float64], spreads: NDArray[np.float64]) -> float:
    """Return the least spread to divide by: pixels that are rarely set are no features of another unit."""
    ranges = np.ptp(sample, axis=0)
    low, high = np.quantile(ranges[ranges > 0], (0.1, 0.9)) if (ranges > 0).any() else (0.0, 1.0)
    return 0.25 * float(np.median(spreads)) if len(spreads) and high < ONE_UNIT * low else 0.0


def _finite(array: Array) -> Features:
    with np.errstate(over="ignore", invalid="ignore"):
        rows = np.array(array.reshape(len(array), -1), dtype=np.float32)
        total = rows.sum(dtype=np.float64)
    if not np.isfinite(total):
        rows[~np.isfinite(rows)] = 0.0
    return rows


def near_share(training: Features, validation: Features) -> float | None:
    """Return how much oftener validation rows than training rows have a training row very near.

    Very near is closer than ``NEAR`` of the median distance of training rows to their nearest. Rows that overlap by
    nature, as windows of a series do, have such neighbours inside training as well, and do not count.
    """
    references = take_evenly(training, REFERENCES)
    if len(references) < FEWEST or not len(validation):
        return None
    queries = np.sort(np.random.default_rng(0).choice(len(references), min(QUERIES, len(references)), replace=False))
    inside = _nearest(references[queries], references, queries)
    across = _nearest(take_evenly(validation, QUERIES), references)
    limit = NEAR * float(np.median(inside))
    if limit <= 0:
        return 0.0
    usual, seen = float((inside < limit).mean()), float((across < limit).mean())
    return max(0.0, (seen - usual) / (1.0 - usual))


def _nearest(queries: Features, references: Features, own: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    distances = _squared_distances(queries, references)
    if own is not None:
        distances[np.arange(len(queries)), own] = np.inf
    best = np.argmin(distances, axis=1)
    return np.asarray(np.linalg.norm((queries - references[best]).astype(np.float64), axis=1))  # exact once more


def _squared_distances(queries: Features, references: Features) -> Features:
    """Return squared distances less the query's own square, which changes no order."""
    return np.asarray((references**2).sum(axis=1) - 2.0 * (queries @ references.T), dtype=np.float32)


def measure_agreement(features: Features, labels: Labels) -> Agreement | None:
    """Return whether the neighbours of rows have their class; None with too few rows or a single class."""
    if len(features) < FEWEST or len(np.unique(labels)) < 2:
        return None
    places = np.sort(np.random.default_rng(0).permutation(len(features))[:VOTERS])
    points, classes = features[places], np.unique(labels[places], return_inverse=True)[1]
    queries = np.sort(np.random.default_rng(1).permutation(len(points))[:QUERIES])
    distances = _squared_distances(points[queries], points)
    distances[np.arange(len(queries)), queries] = np.inf
    count = min(int(np.clip(len(points) // (2 * (classes.max() + 1)), *NEIGHBOURS)), len(points) // 3)
    near = np.argpartition(distances, count, axis=1)[:, :count]
    differs, majority = _votes(classes, near, queries)
    inside = majority >= np.quantile(majority, 2 / 3)
    rng = np.random.default_rng(2)
    chance = [_votes(rng.permutation(classes), near, queries)[0].mean() for _ in range(3)]
    return Agreement(float(differs.mean()), float(differs[inside].mean()), float(np.mean(chance)))


def _votes(
    classes: NDArray[np.intp], near: NDArray[np.intp], queries: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return whether each row's class differs from what most neighbours say, and how many say it."""
    count = int(classes.max()) + 1
    cells = classes[near] + count * np.arange(len(near))[:, None]
    votes = np.bincount(cells.ravel(), minlength=count * len(near)).reshape(len(near), count)
    return np.argmax(votes, axis=1) != classes[queries], votes.max(axis=1)
