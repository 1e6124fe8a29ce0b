"""A Normalization layer in front of a model: where it can stand, and what it learns from the training rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .arrays import flatten
from .dataset import ArrayData, Data
from .structure_layers import first_layers, is_layered

NAME = "input_normalization"

_BLOCK = 64 << 20  # bytes of an array as float64 that are looked at in one piece, as ``adapt`` does
_NORMALIZING = ("Normalization", "Rescaling", "BatchNormalization")
_RAW = (
    *("Embedding", "Masking", "Hashing", "Discretization", "CategoryEncoding", "IntegerLookup", "StringLookup"),
    *("TextVectorization", "HashedCrossing", "FeatureSpace"),
)

_OWN_CLASS = Text(
    en="Only Sequential and Functional models take a layer in front; this one is a {kind}.",
    zh="只有 Sequential 和 Functional 模型能在前面加一层；此模型是 {kind}。",
)
_INPUTS = Text(
    en="The model has {count} inputs; only one can be normalised.", zh="模型有 {count} 个输入；只能标准化单个输入。"
)
_TEXT = Text(en="The input holds no numbers.", zh="输入不是数值。")
_OPEN = Text(
    en="The last axis of the input has no fixed length, so it has no features to normalise.",
    zh="输入的最后一维长度不固定，无法按特征标准化。",
)
_BEGINS = Text(en="The model begins with {name} already.", zh="模型已经以 {name} 开头。")
_READS_RAW = Text(en="The layer {name} needs the numbers as they are.", zh="层 {name} 需要未经改动的数值。")


def why_no_normalization(model: Any) -> Text | None:
    """Return why no Normalization layer can stand in front of a model; None when it can.

    Args:
        model: A model that is built, if it is a Sequential or Functional one.
    """
    if not is_layered(model) or not model.built:
        return _OWN_CLASS.filled(kind=type(model).__name__)
    if len(model.inputs) != 1:
        return _INPUTS.filled(count=len(model.inputs))
    tensor = model.inputs[0]
    if keras.backend.standardize_dtype(tensor.dtype) == "string":
        return _TEXT
    if len(tensor.shape) < 2 or tensor.shape[-1] is None:
        return _OPEN
    return _why_not_before(model)


def _why_not_before(model: Any) -> Text | None:
    for layer in model._flatten_layers(include_self=False):
        if type(layer).__name__ in _RAW or hasattr(layer, "value_range"):
            return _READS_RAW.filled(name=layer.name)
    for layer in first_layers(model):
        if type(layer).__name__ in _NORMALIZING:
            return _BEGINS.filled(name=type(layer).__name__)
    return None


def normalization_statistics(
    shape: tuple[int | None, ...], data: Data, cancelled: Callable[[], bool]
) -> list[NDArray[Any]]:
    """Return the weights of a Normalization layer that has seen all training rows: mean, variance and a count of 0.

    Args:
        shape: Of the model's input, with the rows' axis.
        data: The training data; a stream is read once.
        cancelled: Asked between batches whether to give up.
    """
    layer = keras.layers.Normalization(axis=-1)
    layer.build((None, *shape[1:]))
    if isinstance(data, ArrayData) and data.rows * int(np.prod(flatten(data.x)[0].shape[1:])) * 8 <= _BLOCK:
        layer.adapt(_shaped(flatten(data.x)[0], shape))
        return list(layer.get_weights())
    mean, variance = _moments((_shaped(part, shape) for part in _blocks(data, cancelled)), shape[-1] or 1)
    count = layer.get_weights()[-1]
    return [mean.astype("float32"), variance.astype("float32"), count]


def _blocks(data: Data, cancelled: Callable[[], bool]) -> Iterator[NDArray[Any]]:
    if isinstance(data, ArrayData):
        x = flatten(data.x)[0]
        rows = max(1, _BLOCK // (8 * max(1, int(np.prod(x.shape[1:])))))
        yield from (x[first : first + rows] for first in range(0, len(x), rows))
        return
    for batch in data.batches(None):
        if cancelled():
            return
        x = batch[0] if isinstance(batch, tuple | list) else batch
        yield np.asarray(flatten(x)[0])


def _moments(blocks: Iterable[NDArray[Any]], features: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance by position of the last axis, joined block by block (Chan et al., 1979)."""
    count, mean, squares = 0, np.zeros(features), np.zeros(features)
    for block in blocks:
        rows = block.reshape(-1, block.shape[-1]).astype(np.float64)
        own_mean, own_squares = rows.mean(axis=0), rows.var(axis=0) * len(rows)
        together = count + len(rows)
        apart = own_mean - mean
        squares = squares + own_squares + apart**2 * (count * len(rows) / together)
        mean, count = mean + apart * (len(rows) / together), together
    return mean, squares / max(count, 1)


def _shaped(x: NDArray[Any], shape: tuple[int | None, ...]) -> NDArray[Any]:
    """Return rows as the model reads them: Keras adds or takes away a last axis of 1 itself."""
    if x.ndim + 1 == len(shape):
        return x[..., None]
    return x[..., 0] if x.ndim == len(shape) + 1 else x
