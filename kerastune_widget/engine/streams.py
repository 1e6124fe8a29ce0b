"""Data that come batch by batch: ``tf.data.Dataset`` and ``PyDataset``."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..errors import DataError
from .arrays import flatten
from .checks import match_inputs
from .dataset import EITHER_WEIGHT, ArrayData, Cancelled, StreamData, class_weights_to_sample_weights
from .memory import memory_limit

_TF_DATASET = Text(en="a tf.data.Dataset", zh="tf.data.Dataset")
_PYDATASET = Text(en="a PyDataset, which makes its own batches", zh="自行生成批次的 PyDataset")


def read_pydataset(data: Any, role: str, class_weight: dict[int, float] | None) -> StreamData:
    """Wrap a ``keras.utils.PyDataset``; it makes its own batches, so their size is fixed.

    Raises:
        DataError: If it has no batch or no end, or ``class_weight`` is asked for.
    """
    if class_weight is not None:
        raise DataError("class_weight needs arrays or a tf.data.Dataset; let the PyDataset return sample weights.")
    try:
        steps = data.num_batches
    except NotImplementedError:
        steps = None
    if steps is None:
        raise DataError(
            f"{role} is an endless PyDataset. Let its num_batches return a number so that an epoch can end."
        )
    if steps == 0:
        raise DataError("The data are empty: the PyDataset has no batch.")
    example = _numpy(data[0])
    return StreamData(lambda _: data, example, _rows(example), False, _PYDATASET, steps)


def read_tf_dataset(data: Any, role: str, class_weight: dict[int, float] | None, model: Any = None) -> StreamData:
    """Wrap a ``tf.data.Dataset``, batched or not.

    Raises:
        DataError: If it is empty or endless, or ``class_weight`` does not go with it.
    """
    if data.cardinality().numpy() == -1:
        raise DataError(f"{role} is an endless tf.data.Dataset. Cut it with .take(steps) so that an epoch can end.")
    first = next(iter(data.take(1)), None)
    if first is None:
        raise DataError(f"The data are empty: {role} yields nothing.")
    element = _numpy(first)
    batched = _looks_batched(data, element, model)
    if class_weight is not None:
        _check_weighable(element, batched, class_weight)
    weighted = data if class_weight is None else data.map(_weigher(class_weight, batched))
    example = _numpy(next(iter(weighted.take(1)))) if batched else _numpy(next(iter(weighted.batch(1).take(1))))
    size = _rows(example) if batched else 32
    cardinality = int(data.cardinality().numpy())
    steps = (cardinality if batched else math.ceil(cardinality / size)) if cardinality > 0 else None

    def batches(batch_size: int | None) -> Any:
        if not batched:
            return weighted.batch(batch_size or size)
        return weighted if batch_size in (None, size) else weighted.unbatch().batch(batch_size)

    return StreamData(
        batches,
        example,
        size,
        True,
        _TF_DATASET,
        steps,
        materialize=lambda cancelled: materialize(batches(None), memory_limit(), cancelled),
    )


def materialize(batches: Any, limit: int, cancelled: Cancelled = lambda: False) -> ArrayData | None:
    """Read a batched ``tf.data.Dataset`` into memory.

    Args:
        batches: What to read, twice: a source that draws new numbers on each pass (augmentation) must stay a stream.
        limit: Most bytes to hold.
        cancelled: Asked between batches; once it says yes, reading ends.

    Returns:
        The examples in the order of the first pass; None if they need more than ``limit`` bytes, cannot be joined,
        differ between passes in more than their order, or reading was cancelled.
    """
    kept = _read_once(batches, limit, cancelled)
    if kept is None:
        return None
    fingerprint, rows = 0, 0
    for batch in batches:
        leaves = flatten(_numpy(batch))
        if cancelled() or not _joins(leaves, flatten(kept[0])):
            return None
        fingerprint, rows = fingerprint + fingerprint_rows(leaves), rows + len(leaves[0])
    expected = [flatten(part) for part in kept]
    if rows != sum(len(leaves[0]) for leaves in expected) or fingerprint != sum(map(fingerprint_rows, expected)):
        return None
    return ArrayData(*keras.tree.map_structure(lambda *leaves: np.concatenate(leaves), *kept))


def _read_once(batches: Any, limit: int, cancelled: Cancelled) -> list[tuple[Any, ...]] | None:
    kept: list[tuple[Any, ...]] = []
    size, full_batches = 0, int(batches.cardinality()) - 1  # the last one may be shorter
    for batch in batches:
        part = _numpy(batch)
        kept.append(part)
        leaves = flatten(part)
        size += sum(leaf.nbytes for leaf in leaves)
        foreseen = size * full_batches if len(kept) == 1 else 0
        if cancelled() or max(size, foreseen) > limit or not _joins(leaves, flatten(kept[0])):
            return None
    return kept or None


def _joins(leaves: list[NDArray[Any]], first: list[NDArray[Any]]) -> bool:
    """Whether a batch can be appended to the first: numbers, equally many rows in all parts, rows of one shape."""
    if len(leaves) != len(first) or any(leaf.ndim == 0 or leaf.dtype.hasobject for leaf in leaves):
        return False
    alike = all(a.shape[1:] == b.shape[1:] and a.dtype == b.dtype for a, b in zip(leaves, first, strict=True))
    return alike and len({len(leaf) for leaf in leaves}) == 1


def fingerprint_rows(leaves: list[NDArray[Any]]) -> int:
    """Return the sum of the hashes of all rows: equal for the same rows in any order.

    Args:
        leaves: The parts of a batch; row 3 of one belongs to row 3 of the others.
    """
    hashes = np.zeros(len(leaves[0]), np.uint64)
    for leaf in leaves:
        words = _words(leaf)
        hashes = _scrambled(hashes + words @ _multipliers(words.shape[1]))
    return sum(hashes.tolist())


def _words(leaf: NDArray[Any]) -> NDArray[np.uint64]:
    """The bytes of each row as 64-bit words; their upper bits, which a product mod 2**64 neglects, folded down."""
    row_bytes = math.prod(leaf.shape[1:]) * leaf.itemsize
    raw = np.ascontiguousarray(leaf).reshape(-1).view(np.uint8).reshape(len(leaf), row_bytes)
    if row_bytes % 8:
        raw = np.pad(raw, ((0, 0), (0, -row_bytes % 8)))
    words = raw.view(np.uint64)
    return words ^ (words >> np.uint64(29))  # 29: no two sign bits of packed numbers fall on each other


@lru_cache(maxsize=8)
def _multipliers(count: int) -> NDArray[np.uint64]:
    return np.random.default_rng(count).integers(0, 2**64, count, np.uint64) | np.uint64(1)


def _scrambled(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of splitmix64: without it, sums of rows would not depend on which parts go together."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _numpy(element: Any) -> tuple[Any, ...]:
    parts = tuple(element) if isinstance(element, (tuple, list)) else (element,)
    return tuple(keras.tree.map_structure(np.asarray, part) for part in parts if part is not None)


def _rows(example: tuple[Any, ...]) -> int:
    return int(flatten(example[0])[0].shape[0])


def _looks_batched(data: Any, element: tuple[Any, ...], model: Any) -> bool:
    """Whether elements are batches: by the model's inputs, made by ``.batch``, or with a first dimension all share."""
    by_model = _batched_for(model, element[0])
    if by_model is not None:
        return by_model
    source = data
    while source is not None:
        if type(source).__name__ in ("_BatchDataset", "_ParallelBatchDataset", "BatchDataset"):
            return True
        if type(source).__name__ in ("_UnbatchDataset",):
            return False
        source = getattr(source, "_input_dataset", None)
    leaves = flatten(element)
    return len(leaves) > 1 and all(leaf.ndim > 0 for leaf in leaves) and len({leaf.shape[0] for leaf in leaves}) == 1


def _batched_for(model: Any, x: Any) -> bool | None:
    """Whether ``x`` is a batch for this model (True), one example (False), or the shapes do not tell (None)."""
    if model is None or not model.built or not getattr(model, "inputs", None):
        return None
    arrays = match_inputs(model, x)
    if len(arrays) != len(model.inputs):
        return None
    pairs = [(tuple(tensor.shape[1:]), array.shape) for tensor, array in zip(model.inputs, arrays, strict=True)]
    if all(_is_row(wanted, shape) for wanted, shape in pairs):
        return False
    return True if all(shape and _is_row(wanted, shape[1:]) for wanted, shape in pairs) else None


def _is_row(wanted: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return len(wanted) == len(shape) and all(want in (None, size) for want, size in zip(wanted, shape, strict=True))


def _check_weighable(element: tuple[Any, ...], batched: bool, class_weight: dict[int, float]) -> None:
    if len(element) > 2:
        raise DataError(EITHER_WEIGHT)
    y = element[1] if len(element) > 1 else None
    if isinstance(y, np.ndarray) and not batched:
        y = y[None]
    class_weights_to_sample_weights(y, class_weight)


def _weigher(class_weight: dict[int, float], batched: bool) -> Any:
    import tensorflow as tf

    def weigh(x: Any, y: Any) -> tuple[Any, Any, Any]:
        labels = y if batched else tf.expand_dims(y, 0)
        weights = tf.numpy_function(
            lambda values: class_weights_to_sample_weights(values, class_weight), [labels], keras.config.floatx()
        )
        weights.set_shape([None])
        return x, y, weights if batched else tf.squeeze(weights, 0)

    return weigh
