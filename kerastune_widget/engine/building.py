"""Building a model that has no weights yet, and setting those of one that has."""

from __future__ import annotations

from typing import Any

import keras

from .snapshot import write


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


def set_weights(model: Any, weights: Any) -> None:
    """Set all weights, and let layers that compute from them (an adapted Normalization) take notice.

    Args:
        model: A built model.
        weights: As ``model.get_weights()`` gives them.
    """
    variables = model.weights
    if type(model).set_weights is keras.Model.set_weights and len(variables) == len(weights):
        write(variables, weights)
    else:
        model.set_weights(weights)
    for layer in model._flatten_layers(include_self=False):
        if hasattr(layer, "finalize_state") and layer.weights:
            layer.finalize_state()
