"""Changes a fresh copy of the user's model: a layer in front, another output, another initializer."""

from __future__ import annotations

from typing import Any

import keras

from .structure import OutputMatch, Structure
from .structure_input import NAME
from .structure_layers import Head, drawn_layers, head_of, output_layers

Origin = int | str
"""Where a weight comes from: its place among the user's model's own, or a name such as "output.0" for one added."""

Origins = tuple[Origin, ...]

_INITIALIZERS = {"he": keras.initializers.HeNormal, "glorot": keras.initializers.GlorotUniform}


def initializer_for(name: str, *, of_output: bool) -> Any:
    """Return the class that draws a kernel under a value of the control; output layers stay with Glorot."""
    return _INITIALIZERS["glorot" if of_output else name]


def restructured(model: Any, structure: Structure) -> tuple[Any, Origins | None]:
    """Return a fresh model with the structure's changes, but for inserted dropout, and where its weights come from.

    Args:
        model: A copy of the user's model, built where it is layered; its layers are taken over and may be changed.
        structure: What to change.

    Returns:
        An uncompiled model, or ``model`` itself; and the origin of each weight, None when they are ``model``'s own.
    """
    own = {id(weight): index for index, weight in enumerate(model.weights)}
    front = [_normalization(model)] if structure.normalization else []
    changed, added = ({}, None) if structure.output is None else _new_output(model, structure.output)
    made = _rewired(model, front, changed) if front or changed else model
    _name_initializers(made, structure.initializer)
    if made is model:
        return model, None
    names = {id(weight): f"normalization.{index}" for layer in front for index, weight in enumerate(layer.weights)}
    names |= {} if added is None else {id(weight): f"output.{index}" for index, weight in enumerate(added.weights)}
    return made, tuple(own[id(w)] if id(w) in own else names[id(w)] for w in made.weights)


def _normalization(model: Any) -> Any:
    dtype = keras.backend.standardize_dtype(model.inputs[0].dtype)
    return keras.layers.Normalization(axis=-1, name=NAME, dtype=dtype if dtype == "float64" else "float32")


def _new_output(model: Any, match: OutputMatch) -> tuple[dict[int, Any], Any]:
    """Change the output's activation in place where that will do; return what else must be replaced, by id.

    None takes a layer away. The second is a Dense layer with weights of its own, if there is one.
    """
    head = head_of(model)
    assert head is not None, "match_output says so"
    changed: dict[int, Any] = dict.fromkeys(map(id, head.following))
    if head.following:
        last = head.following[-1]
        changed[id(last)] = keras.layers.Activation(match.activation, name=last.name, dtype=last.dtype_policy)
    return _changed_units(head, match, changed)


def _changed_units(head: Head, match: OutputMatch, changed: dict[int, Any]) -> tuple[dict[int, Any], Any]:
    activation = "linear" if head.following else match.activation
    if head.layer.units == match.units:
        head.layer.activation = keras.activations.get(activation)
        return changed, None
    config = {**head.layer.get_config(), "units": match.units, "activation": activation, "trainable": True}
    added = type(head.layer).from_config(config)
    return {**changed, id(head.layer): added}, added


def _rewired(model: Any, front: list[Any], changed: dict[int, Any]) -> Any:
    """Return a model of the same layers with others in front and some replaced, or (by None) left out."""
    inputs = [
        keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor._keras_history.operation.name)
        for tensor in model.inputs
    ]
    if isinstance(model, keras.Sequential):
        layers = [changed.get(id(layer), layer) for layer in model.layers]
        return keras.Sequential([*inputs, *front, *(layer for layer in layers if layer is not None)], name=model.name)
    begun = [front[0](inputs[0])] if front else inputs
    outputs = model._run_through_graph(begun, operation_fn=lambda op: _instead(op, changed))
    packed = keras.tree.pack_sequence_as(model._inputs_struct, inputs)
    return type(model)(inputs=packed, outputs=outputs, name=model.name)


def _instead(operation: Any, changed: dict[int, Any]) -> Any:
    """Return what is called in place of an operation; options that were meant for another layer are dropped."""
    if id(operation) not in changed:
        return operation
    made = changed[id(operation)]
    return lambda inputs, **_: inputs if made is None else made(inputs)


def _name_initializers(model: Any, name: str) -> None:
    """Let the layers say how their kernels were drawn, so that the model and its code tell the same story."""
    if name == "as_built":
        return
    outputs = output_layers(model)
    for layer in drawn_layers(model):
        layer.kernel_initializer = initializer_for(name, of_output=id(layer) in outputs)()
