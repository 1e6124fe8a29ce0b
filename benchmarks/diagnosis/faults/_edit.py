"""Edits that several faults make."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..recipe import RECURRENT, Array, Layer, Recipe, Rows, batch_norm, dense


def deepened(recipe: Recipe, depth: int, **options: object) -> Recipe:
    """Return it with ``depth`` like dense layers in place of all its hidden ones."""
    first = next(layer for layer in recipe.layers if "units" in layer.options)
    shape = tuple(layer for layer in recipe.layers[:1] if layer.kind == "Flatten")
    body = tuple(dense(int(first.options["units"])).but(**options) for _ in range(depth))
    return recipe.but(layers=(*shape, *body, recipe.layers[-1]))


def with_batch_norm(recipe: Recipe) -> Recipe:
    """Return it with batch normalisation after each hidden layer, where it has none yet."""
    if any(layer.kind == "BatchNormalization" for layer in recipe.layers):
        return recipe
    made: list[Layer] = []
    for place, layer in enumerate(recipe.layers):
        made += [layer, batch_norm()] if place in recipe.hidden else [layer]
    return recipe.but(layers=tuple(made))


def without_dropout(recipe: Recipe) -> Recipe:
    """Return it without its dropout layers."""
    return recipe.map_layers(lambda _, layer: None if layer.kind == "Dropout" else layer)


def activated(recipe: Recipe, activation: str) -> Recipe:
    """Return it with another activation of its hidden layers, recurrent ones excepted."""
    places = [place for place in recipe.hidden if recipe.layers[place].kind not in RECURRENT]
    return recipe.map_layers(lambda place, layer: layer.but(activation=activation) if place in places else layer)


def mislabelled(rows: Rows, share: float, seed: int = 0) -> Rows:
    """Return the rows with a share of the labels replaced by another class's."""
    draw = np.random.default_rng(seed)
    chosen = draw.permutation(len(rows))[: int(share * len(rows))]
    classes = int(rows.y.max()) + 1
    labels = rows.y.copy()
    labels[chosen] = (labels[chosen] + draw.integers(1, classes, len(chosen))) % classes
    return Rows(rows.x, labels)


def together(recipe: Recipe, choose: Callable[[Rows], tuple[Rows, Rows]]) -> Recipe:
    """Return it with all its rows split anew."""
    first, second = recipe.training, recipe.validation
    training, validation = choose(Rows(np.concatenate([first.x, second.x]), np.concatenate([first.y, second.y])))
    return recipe.but(training=training, validation=validation)


def flat(x: Array) -> Array:
    """Return one row of numbers for each row."""
    return x.reshape(len(x), -1)
