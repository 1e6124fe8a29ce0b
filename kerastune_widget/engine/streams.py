"""Data that come batch by batch: ``tf.data.Dataset`` and ``PyDataset``."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from ..core.text import Text
from ..errors import DataError
from .arrays import flatten
from .dataset import ArrayData, StreamData, class_weights_to_sample_weights
from .memory import memory_limit

_TF_DATASET = Text(en="a tf.data.Dataset", zh="tf.data.Dataset")
_PYDATASET = Text(en="a PyDataset, which makes its own batches", zh="自行生成批次的 PyDataset")


def read_pydataset(data: Any, class_weight: dict[int, float] | None) -> StreamData:
    """Wrap a ``keras.utils.PyDataset``; it makes its own batches, so their size is fixed.

    Raises:
        DataError: If it has no batch, or ``class_weight`` is asked for.
    """
    if class_weight is not None:
        raise DataError("class_weight needs arrays or a tf.data.Dataset; let the PyDataset return sample weights.")
    steps = data.num_batches
    if steps == 0:
        raise DataError("The data are empty: the PyDataset has no batch.")
    example = _numpy(data[0])
    return StreamData(lambda _: data, example, _rows(example), False, _PYDATASET, steps)


def read_tf_dataset(data: Any, role: str, class_weight: dict[int, float] | None) -> StreamData:
    """Wrap a ``tf.data.Dataset``, batched or not.

    Raises:
        DataError: If it is empty or endless.
    """
    if data.cardinality().numpy() == -1:
        raise DataError(f"{role} is an endless tf.data.Dataset. Cut it with .take(steps) so that an epoch can end.")
    first = next(iter(data.take(1)), None)
    if first is None:
        raise DataError(f"The data are empty: {role} yields nothing.")
    element = _numpy(first)
    batched = _looks_batched(data, element)
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
        batches, example, size, True, _TF_DATASET, steps, materialize=lambda: materialize(batches(None), memory_limit())
    )


def materialize(batches: Any, limit: int) -> ArrayData | None:
    """Read a batched data set into memory.

    Args:
        batches: What to read, twice: a source that draws new numbers on each pass (augmentation) must stay a stream.
        limit: Most bytes to hold.

    Returns:
        The examples in the order of the first pass; None if they need more than ``limit`` bytes or differ between
        passes in more than their order.
    """
    kept: list[tuple[Any, ...]] = []
    size = 0
    for batch in batches:
        part = _numpy(batch)
        size += sum(leaf.nbytes for leaf in flatten(part))
        if size > limit:
            return None
        kept.append(part)
    if _fingerprint(kept) != _fingerprint(_numpy(batch) for batch in batches):
        return None
    return ArrayData(*keras.tree.map_structure(lambda *leaves: np.concatenate(leaves), *kept))


def _fingerprint(batches: Any) -> int:
    """Sum of the hashes of all rows: equal for the same rows in any order."""
    total = 0
    for batch in batches:
        leaves = flatten(batch)
        rows = zip(*leaves, strict=True)
        total += sum(hash(b"".join(np.asarray(part).tobytes() for part in row)) for row in rows)
    return total


def _numpy(element: Any) -> tuple[Any, ...]:
    parts = tuple(element) if isinstance(element, (tuple, list)) else (element,)
    return tuple(keras.tree.map_structure(np.asarray, part) for part in parts if part is not None)


def _rows(example: tuple[Any, ...]) -> int:
    return int(flatten(example[0])[0].shape[0])


def _looks_batched(data: Any, element: tuple[Any, ...]) -> bool:
    """Whether elements are batches: made by ``.batch``, or with a first dimension that all parts share."""
    source = data
    while source is not None:
        if type(source).__name__ in ("_BatchDataset", "_ParallelBatchDataset", "BatchDataset"):
            return True
        if type(source).__name__ in ("_UnbatchDataset",):
            return False
        source = getattr(source, "_input_dataset", None)
    leaves = flatten(element)
    return len(leaves) > 1 and all(leaf.ndim > 0 for leaf in leaves) and len({leaf.shape[0] for leaf in leaves}) == 1


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
