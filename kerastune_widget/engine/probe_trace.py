"""Traces what the probe measures into one TensorFlow function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..core import signals
from ..core.model_profile import LayerProfile, ModelProfile
from ..core.text import Text
from ..errors import ModelError
from .arrays import flatten
from .probe_statistics import Numbers, ProbedLayer, of_outputs, of_predictions, of_weights

Outputs = dict[str, Any]
"""What each layer gave, by its name; only tensors of floats that have a row for each example."""

_WRITES = ("Assign", "Resource", "Rng", "Stateful", "EagerPyFunc", "PyFunc", "LookupTableInsert", "LookupTableImport")
_READS = ("ResourceGather", "ResourceGatherNd", "StatefulPartitionedCall")
_MOVES = Text(en="looking at it would change its state: {what}", zh="观察会改变它的状态：{what}")


def trace(model: Any, batch: Any, sample: Any, profile: ModelProfile, names: list[tuple[str, str]]) -> Any:
    """Return a function from the trained weights before the last step to a vector of numbers.

    Args:
        model: A compiled, built model.
        batch: ``(x[, y])`` for gradients and activations.
        sample: ``(x[, y])`` for the loss in inference mode; None to leave it out.
        profile: What the model is.
        names: Filled with signal and layer of each number.

    Raises:
        ModelError: If calling it would change anything that training depends on.
    """
    weights = [weight.value for weight in model.trainable_weights]
    layers = _probed_layers(model, profile, weights)
    on_batch, on_sample = _as_tensors(batch), _as_tensors(sample)
    if not getattr(model._compile_loss, "built", True):  # it makes its metrics when it first sees outputs
        tf.function(lambda: _loss(model, on_batch)[1], autograph=False).get_concrete_function()
    moved = _moved_by_looking(model)

    def measure(*before: Any) -> Any:
        kept = [variable.read_value() for variable in moved]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            outputs, loss = _look(model, layers, on_batch)
        gradients = tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        dense = [_dense(gradient, weight) for gradient, weight in zip(gradients, weights, strict=True)]
        found = of_weights(layers, *([_float(t) for t in each] for each in (weights, before, dense)))
        for layer in layers:
            if layer.profile.name in outputs and _is_telling(layer.profile):
                found |= of_outputs(layer, outputs[layer.profile.name])
        if on_sample is not None:
            found |= _judge(model, on_sample, sample, profile)
        for variable, value in zip(moved, kept, strict=True):
            variable.assign(value)
        names[:] = list(found)
        return tf.stack([_float(number) for number in found.values()])

    signature = [tf.TensorSpec(weight.shape, weight.dtype) for weight in weights]
    try:
        traced = tf.function(measure, input_signature=signature, autograph=False).get_concrete_function()
    finally:
        model._clear_losses()  # what penalties of activities left behind belongs to our graph
    if what := _written(traced.graph, {id(variable.handle) for variable in moved}):
        raise ModelError(_MOVES.filled(what=what))
    return traced


def trace_reading(variables: list[Any]) -> Callable[[], list[Any]]:
    """Return a function that reads all variables at once, without a copy: one that is changed gets new memory."""
    read: Callable[[], list[Any]] = tf.function(
        lambda: [variable.read_value() for variable in variables], autograph=False
    ).get_concrete_function()
    return read


def _look(model: Any, layers: list[ProbedLayer], batch: Any) -> tuple[Outputs, Any]:
    wanted = {layer.profile.name for layer in layers}
    outputs: Outputs = {}
    with _recorded({name: layer for name, layer in named_layers(model).items() if name in wanted}, outputs):
        _, loss = _loss(model, batch)
    return outputs, loss


def _judge(model: Any, sample: Any, arrays: Any, profile: ModelProfile) -> Numbers:
    predictions, loss = _loss(model, sample)
    found: Numbers = {(signals.INFERENCE_LOSS, signals.MODEL): loss}
    targets = flatten(arrays[1]) if len(arrays) > 1 else []
    made = keras.tree.flatten(predictions)
    if len(made) == len(targets) == 1 and made[0].shape.rank is not None and made[0].shape.rank > 1:
        logits = bool(profile.outputs and profile.outputs[0].from_logits)
        found |= of_predictions(_float(made[0]), np.asarray(targets[0]), from_logits=logits)
    return found


def _loss(model: Any, batch: Any) -> tuple[Any, Any]:
    x, y = (*batch, None)[:2]
    predictions = model(x, training=False) if model._call_has_training_arg else model(x)
    return predictions, model._compute_loss(x=x, y=y, y_pred=predictions, sample_weight=None, training=False)


@contextmanager
def _recorded(layers: dict[str, Any], outputs: Outputs) -> Iterator[None]:
    """Note what each layer gives while the block calls the model; of one that is called twice, the first."""
    own = {name: layer.__dict__.get("call") for name, layer in layers.items()}
    for name, layer in layers.items():
        layer.__dict__["call"] = _recording(layer.call, name, outputs, tf.compat.v1.get_default_graph())
    try:
        yield
    finally:
        for name, layer in layers.items():
            del layer.__dict__["call"]
            if own[name] is not None:
                layer.__dict__["call"] = own[name]


def _recording(call: Callable[..., Any], name: str, outputs: Outputs, graph: Any) -> Callable[..., Any]:
    def record(*args: Any, **kwargs: Any) -> Any:
        given = call(*args, **kwargs)
        first: Any = next(iter(keras.tree.flatten(given)), None)
        if tf.is_tensor(first) and first.dtype.is_floating and first.shape.rank:
            if getattr(first, "graph", None) is graph:  # not what was made inside a loop over time steps
                outputs.setdefault(name, _float(first))
        return given

    return record


def named_layers(model: Any, prefix: str = "") -> dict[str, Any]:
    """Return all layers by the names that ``profile_model`` gives them; nested models are opened."""
    found: dict[str, Any] = {}
    for layer in model.layers:
        name = f"{prefix}{layer.name}"
        inner = named_layers(layer, f"{name}/") if hasattr(layer, "layers") else {name: layer}
        found = {**inner, **found}
    return found


def _probed_layers(model: Any, profile: ModelProfile, weights: list[Any]) -> list[ProbedLayer]:
    places = {id(weight): place for place, weight in enumerate(weights)}
    layers = named_layers(model)
    ends = {output.layer for output in profile.outputs} | {profile.layers[-1].name if profile.layers else ""}
    return [
        ProbedLayer(
            one,
            tuple(places[id(w.value)] for w in layers[one.name].trainable_weights if id(w.value) in places),
            one.name in ends,
        )
        for one in profile.layers
        if one.name in layers
    ]


def _is_telling(layer: LayerProfile) -> bool:
    """Whether its outputs are worth a look: not those of a layer that only passes on what it receives."""
    return bool(layer.parameters) or layer.activation != "linear" or layer.rescales or layer.normalizes


def _as_tensors(batch: Any) -> Any:
    return None if batch is None else keras.tree.map_structure(tf.convert_to_tensor, batch)


def _moved_by_looking(model: Any) -> list[Any]:
    """Return the variables that even a look in inference mode moves, and that are put back after it.

    With several outputs Keras keeps the mean of each loss; recurrent layers draw a dropout mask that they do not use.
    """
    metrics = [*getattr(model._compile_loss, "metrics", ()), *model.metrics]
    generators = [generator for layer in model._flatten_layers() for generator in layer._seed_generators]
    moved = [*(variable for metric in metrics for variable in metric.variables), *(one.state for one in generators)]
    return list({id(variable.value): variable.value for variable in moved}.values())


def _dense(gradient: Any, weight: Any) -> Any:
    return tf.reshape(tf.convert_to_tensor(gradient), weight.shape)


def _float(tensor: Any) -> Any:
    return tf.cast(tensor, tf.float32)


def _written(graph: Any, allowed: set[int]) -> str:
    """Return the name of an operation that changes something other than the ``allowed`` variables; empty if none."""
    outside = {id(inner): id(outer) for outer, inner in graph.captures}
    for operation in graph.get_operations():
        if _writes(operation.type) and not (operation.inputs and outside.get(id(operation.inputs[0])) in allowed):
            return str(operation.name)
    inner = (node for function in graph.as_graph_def().library.function for node in function.node_def)
    return next((str(node.name) for node in inner if _writes(node.op)), "")


def _writes(kind: str) -> bool:
    return kind.startswith(_WRITES) and kind not in _READS
