"""Fingerprints: short words that are equal when weights or data are equal, so that a comparison can be called fair."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import flatten
from .config_fingerprint import config_fingerprint
from .dataset import ArrayData, Data, Dataset
from .template import ModelTemplate, Weights

_WHOLE = 32 << 20  # bytes of one array that are read to the last; about 30 ms
_SAMPLED_ROWS = 4096


def weights_fingerprint(weights: Weights) -> str:
    """Return 16 hexadecimal digits for a list of weights."""
    return _digest(weights)


def data_fingerprint(dataset: Dataset) -> str:
    """Return 16 hexadecimal digits for training and validation data; empty when one of them is a stream.

    Of an array above 32 MB only 4,096 rows, evenly spread, are read.
    """
    parts = [part for part in (dataset.training, dataset.validation) if part is not None]
    if not all(isinstance(part, ArrayData) for part in parts):
        return ""
    return _digest(array for part in parts for array in _arrays(part))


def model_fingerprint(template: ModelTemplate) -> str:
    """Return 8 hexadecimal digits for the kind and shapes of a model, its loss and the optimizer it came with."""
    shapes = [list(weight.shape) for weight in template.came_with or ()]
    kinds = [type(layer).__name__ for layer in template.example._flatten_layers()]
    return config_fingerprint(kinds, shapes, template.loss_name, template.optimizer.fingerprint)


def _arrays(data: Data) -> Iterable[NDArray[Any]]:
    assert isinstance(data, ArrayData)
    for part in (data.x, data.y, data.sample_weight):
        yield from flatten(part)
        yield np.empty(0)  # so that no input can be taken for a target


def _digest(arrays: Iterable[NDArray[Any]]) -> str:
    digest = blake2b(digest_size=8)
    for array in arrays:
        digest.update(f"{array.dtype.name}{array.shape}".encode())
        rows = array
        if array.nbytes > _WHOLE and array.ndim:
            rows = array[np.linspace(0, len(array) - 1, min(len(array), _SAMPLED_ROWS)).astype(np.intp)]
        digest.update(np.ascontiguousarray(rows).view(np.uint8).data if rows.size and rows.ndim else rows.tobytes())
    return digest.hexdigest()
