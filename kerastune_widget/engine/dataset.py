"""Whatever the user passes -> training and validation data that either loop can read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..errors import DataError, NotDataError
from .arrays import Nested, as_arrays, flatten, take

Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class ArrayData:
    """Examples held in memory.

    Attributes:
        x: Inputs, NumPy arrays of shape (rows, ...), nested as the model takes them.
        y: Targets likewise, or None.
        sample_weight: Weights likewise, or None.
    """

    x: Nested
    y: Nested = None
    sample_weight: Nested = None

    @property
    def rows(self) -> int:
        """Number of examples."""
        return int(flatten(self.x)[0].shape[0])

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(leaf.nbytes for part in (self.x, self.y, self.sample_weight) for leaf in flatten(part))

    def packed(self) -> tuple[Any, ...]:
        """Return ``(x, y, sample_weight)`` without trailing Nones, as ``train_step`` takes it."""
        if self.sample_weight is not None:
            return (self.x, self.y, self.sample_weight)
        return (self.x,) if self.y is None else (self.x, self.y)

    def take(self, rows: NDArray[np.integer[Any]]) -> ArrayData:
        """Return the given rows."""
        return ArrayData(take(self.x, rows), take(self.y, rows), take(self.sample_weight, rows))


EITHER_WEIGHT = "Give either class_weight or a sample_weight with the data, not both; fit refuses it too."


@dataclass(frozen=True)
class StreamData:
    """Examples that come batch by batch.

    Attributes:
        batches: Batch size (or None: as they come) -> something that ``fit`` reads, one epoch long.
        example: One batch ``(x[, y[, sample_weight]])``, NumPy.
        batch_size: Rows a batch as they come.
        resizable: Whether another batch size can be had.
        source: What it is, for messages.
        steps: Batches an epoch, where known.
        materialize: Reads everything into memory when that is possible and true to the source, else returns None, as
            it does once the function that it is given says that reading is cancelled.
    """

    batches: Callable[[int | None], Any]
    example: tuple[Any, ...]
    batch_size: int
    resizable: bool
    source: Text
    steps: int | None = None
    materialize: Callable[[Cancelled], ArrayData | None] = lambda cancelled: None


Data = ArrayData | StreamData


@dataclass(frozen=True)
class Dataset:
    """What a session trains and validates on.

    Attributes:
        training: The training data.
        validation: The validation data, or None.
        notices: What the user should know, such as NaN in the inputs.
        held_out: Where one data set was split, the numbers of the rows that are validation data, ascending.
        class_weight: Weight by class number that sample weights were made of, or None.
    """

    training: Data
    validation: Data | None = None
    notices: tuple[Text, ...] = field(default=())
    held_out: NDArray[np.intp] | None = None
    class_weight: Mapping[int, float] | None = None


def steps_per_epoch(data: Data, batch_size: int) -> int | None:
    """Return the steps in one epoch, a partial last batch included; None when the stream does not tell."""
    if isinstance(data, ArrayData):
        return math.ceil(data.rows / batch_size)
    if data.steps is None or batch_size == data.batch_size:
        return data.steps
    return math.ceil(data.steps * data.batch_size / batch_size)


def example_rows(fixed_batch_size: int | None, data: Data) -> tuple[Any, ...]:
    """Return a few rows ``(x[, y[, sample_weight]])`` to build a model on: two, or as many as it insists on."""
    if isinstance(data, StreamData):
        return data.example
    return data.take(np.arange(min(data.rows, fixed_batch_size or 2))).packed()


def read_data(data: Any, role: str, class_weight: dict[int, float] | None = None, model: Any = None) -> Data:
    """Read one data set in any accepted form.

    Args:
        data: ``x``, ``(x, y)`` or ``(x, y, sample_weight)`` of arrays; a ``tf.data.Dataset``; a ``PyDataset``.
        role: "data" or "validation_data", for messages.
        class_weight: Weight by class number; becomes sample weights, as in ``fit``.
        model: The model to be trained; its input shapes tell a stream of batches from a stream of examples.

    Raises:
        NotDataError: If it is no kind of data set that we know.
        DataError: If it is empty, of unequal lengths, or not made of numbers.
    """
    if isinstance(data, keras.utils.PyDataset):
        from .streams import read_pydataset

        return read_pydataset(data, role, class_weight)
    if type(data).__module__.startswith("tensorflow") and hasattr(data, "element_spec"):
        from .streams import read_tf_dataset

        return read_tf_dataset(data, role, class_weight, model)
    if hasattr(data, "__next__"):
        raise NotDataError(
            f"{role} is a {type(data).__name__}, which can be read only once. Wrap it in a keras.utils.PyDataset "
            "or with tf.data.Dataset.from_generator, which every run can read anew."
        )
    return _read_arrays(data, role, class_weight)


def _read_arrays(data: Any, role: str, class_weight: dict[int, float] | None) -> ArrayData:
    prefix = "validation " if role == "validation_data" else ""
    parts = data if isinstance(data, (tuple, list)) else (data,)
    if not 1 <= len(parts) <= 3:
        raise DataError(f"{role} must be x, (x, y) or (x, y, sample_weight); received {len(parts)} parts.")
    names = (f"{prefix}x", f"{prefix}y", f"{prefix}sample_weight")
    x, y, weight = (as_arrays(part, name) for part, name in zip((*parts, None, None), names, strict=False))
    if x is None:
        raise NotDataError(f"{prefix}x must be an array; received None.")
    _check_lengths({name: part for name, part in zip(names, (x, y, weight), strict=True) if part is not None})
    if class_weight is not None:
        if weight is not None:
            raise DataError(EITHER_WEIGHT)
        weight = class_weights_to_sample_weights(y, class_weight)
    elif weight is not None and keras.tree.is_nested(y) and not keras.tree.is_nested(weight):
        weight = keras.tree.map_structure(lambda _: weight, y)
    return ArrayData(x, y, weight)


def _check_lengths(parts: dict[str, Nested]) -> None:
    lengths = {name: sorted({leaf.shape[0] for leaf in flatten(part)}) for name, part in parts.items()}
    every = {length for found in lengths.values() for length in found}
    listed = ", ".join(f"{name} has {' and '.join(map(str, found))} rows" for name, found in lengths.items())
    if len(every) > 1:
        raise DataError(f"All parts of the data must have equally many rows; {listed}.")
    if not every or every == {0}:
        raise DataError(f"The data are empty: {listed or 'no array was found'}. At least one row is needed.")


def class_weights_to_sample_weights(y: Nested, class_weight: dict[int, float]) -> NDArray[Any]:
    """Return one weight for each row, 1 where a class is not listed; the same rule as ``fit``'s.

    Raises:
        DataError: If there is not exactly one array of targets, with one class a row.
    """
    if y is None or keras.tree.is_nested(y):
        raise DataError("class_weight needs exactly one array of class labels as y.")
    if y.ndim > 2:
        raise DataError(f"class_weight needs one class for each row; y has shape {y.shape}. Pass a sample_weight.")
    labels = _numbers(y)
    weights = np.ones(len(labels), dtype=keras.config.floatx())
    for label, weight in class_weight.items():
        weights[labels == label] = weight
    return weights


def class_labels(y: Nested) -> NDArray[np.int32] | None:
    """Return one class number for each row, or None where rows have none.

    Args:
        y: Whole numbers, a column of them, or one-hot rows; anything else (several labels a row, images) has no class.
    """
    if y is None or keras.tree.is_nested(y):
        return None
    if y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
        return _numbers(y) if bool(np.all(np.round(y) == y)) else None
    return _numbers(y) if _is_one_hot(y) else None


def _is_one_hot(y: NDArray[Any]) -> bool:
    return y.ndim == 2 and bool(np.all((y == 0) | (y == 1)) and np.all(np.count_nonzero(y, axis=1) == 1))


def _numbers(y: NDArray[Any]) -> NDArray[np.int32]:
    """Keras's own rule for ``class_weight``."""
    if y.ndim > 1:
        y = y.argmax(axis=-1) if y.shape[-1] != 1 else y.squeeze(axis=-1)
    return np.round(y).astype(np.int32)
