"""Keeps a model as it is: whatever calls of it move is put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..snapshot import write

Values = list[NDArray[Any]]


def values_of(variables: Any) -> Values:
    """Return the values of Keras variables, as NumPy arrays of their own memory."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]


def layers_of(model: Any) -> list[Any]:
    """Return the model and all its layers, however deep."""
    return list(model._flatten_layers())


def variables_of(model: Any) -> list[Any]:
    """Return all variables of a model, also those that Keras does not count: the states of recurrent layers."""
    found = {id(variable): variable for variable in model.variables}
    for layer in layers_of(model):
        found.update((id(one), one) for one in own_variables(layer))
    return list(found.values())


def own_variables(layer: Any) -> list[Any]:
    """Return the variables that a layer holds itself, its seeds and those of its own layers left out."""
    listed = [leaf for value in vars(layer).values() if isinstance(value, list | tuple) for leaf in _leaves(value)]
    held = [*layer._trainable_variables, *layer._non_trainable_variables, *vars(layer).values(), *listed]
    seeds = {id(generator.state) for generator in layer._seed_generators}
    metrics = {id(variable) for metric in getattr(layer, "_metrics", ()) for variable in metric.variables}
    inside = {id(variable) for part in layer._layers for variable in part.variables}
    others = seeds | metrics | inside
    return list({id(one): one for one in held if isinstance(one, keras.Variable) and id(one) not in others}.values())


def _leaves(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in (_leaves(part) if isinstance(part, list | tuple) else [part])]


@contextmanager
def kept(model: Any) -> Iterator[None]:
    """Put back, at the end, what calls inside moved.

    That is all variables (weights, moving averages, states of recurrent layers, seeds, metrics), and plain numbers and
    arrays that layers keep as public attributes.

    Args:
        model: A built model.
    """
    variables = variables_of(model)
    values, attributes = values_of(variables), [(layer, _plain(layer)) for layer in layers_of(model)]
    try:
        yield
    finally:
        now = values_of(variables)
        moved = [index for index, (old, new) in enumerate(zip(values, now, strict=True)) if not _same(old, new)]
        write([variables[index] for index in moved], [values[index] for index in moved])
        for layer, before in attributes:
            _put_back(layer, before)


def _plain(layer: Any) -> dict[str, Any]:
    found = {name: value for name, value in vars(layer).items() if not name.startswith("_") and name != "built"}
    plain = {name: value for name, value in found.items() if isinstance(value, int | float | np.ndarray)}
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in plain.items()}


def _put_back(layer: Any, before: dict[str, Any]) -> None:
    now = _plain(layer)
    for name, value in before.items():
        if name in now and not _same(value, now[name]):
            setattr(layer, name, value)


def _same(first: Any, second: Any) -> bool:
    ours, theirs = np.asarray(first), np.asarray(second)
    return ours.shape == theirs.shape and (ours.tobytes() == theirs.tobytes() or bool(np.all(ours == theirs)))
