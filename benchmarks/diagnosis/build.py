"""From a recipe to a compiled Keras model."""

from __future__ import annotations

from typing import Any

import keras

from .recipe import Layer, Recipe

_LOSS_CLASSES = {
    "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
    "binary_crossentropy": keras.losses.BinaryCrossentropy,
}


def build(recipe: Recipe) -> Any:
    """Return a compiled model with fresh weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(recipe.training.x.shape[1:])])
    for layer in recipe.layers:
        model.add(_made(keras.layers, layer))
    model.compile(_optimizer(recipe), _loss(recipe), metrics=list(recipe.metrics))
    return model


def _made(module: Any, part: Layer) -> Any:
    options = {name: _made(keras, value) if isinstance(value, Layer) else value for name, value in part.options.items()}
    home = module
    for name in part.kind.split("."):
        home = getattr(home, name)
    return home(**options)


def _optimizer(recipe: Recipe) -> Any:
    rate = recipe.learning_rate
    if isinstance(rate, Layer):
        rate = _made(keras.optimizers.schedules, rate)
    kinds = {name.lower(): name for name in dir(keras.optimizers)}
    return getattr(keras.optimizers, kinds[recipe.optimizer])(learning_rate=rate, **recipe.optimizer_options)


def _loss(recipe: Recipe) -> Any:
    if recipe.from_logits is None:
        return recipe.loss
    return _LOSS_CLASSES[recipe.loss](from_logits=recipe.from_logits)
