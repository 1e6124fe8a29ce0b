"""Building a model that has no weights yet, from the shapes of the data."""

from __future__ import annotations

from typing import Any

import keras


def ensure_built(model: Any, x: Any) -> None:
    """Give ``model`` its weights unless it has them.

    The number of rows is left open: a Sequential model that is called on a batch remembers the batch's length.

    Args:
        model: Any Keras model.
        x: Inputs of a few rows, nested as the model takes them.
    """
    if model.built:
        return
    if isinstance(model, keras.Sequential):
        model.build((None, *keras.tree.flatten(x)[0].shape[1:]))
    else:
        model(keras.tree.map_structure(keras.ops.convert_to_tensor, x))
