"""From a Keras model to its profile, by looking at its objects; Keras itself is never imported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .model_profile import LayerProfile, ModelProfile, OutputProfile
from .profile_compile import profile_optimizer, with_compiled
from .profile_layer import attempt, kind_of, profile_layer, size_of

Sources = tuple[str, ...] | None

_PASSING = ("Flatten", "Reshape", "Permute", "Identity", "RepeatVector", "Masking", "ActivityRegularization")
_PASSING_PARTS = ("Dropout", "Cropping", "AveragePooling", "UpSampling", "GaussianNoise")
NO_LAYERS: tuple[list[LayerProfile], dict[int, Sources]] = ([], {})
NO_OUTPUTS: tuple[OutputProfile, ...] = ()
NO_OPTIMIZER: tuple[str, dict[str, Any], float | None] = ("", {}, None)
_MERGING = ("Add", "Subtract", "Average", "Concatenate")


def profile_model(model: Any) -> ModelProfile | None:
    """Return what can be seen of a Keras model from outside; None for anything that is not one.

    Never raises. A wrapped layer (``Bidirectional``, ``TimeDistributed``) is described by what it wraps. Of a
    subclassed model the layers are known, but not how they are joined, nor which makes the output.

    Args:
        model: A Keras model, built and compiled or not.
    """
    return attempt(lambda: _profile(model), None)


def _profile(model: Any) -> ModelProfile | None:
    if isinstance(model, type) or not hasattr(model, "layers") or not hasattr(model, "weights"):
        return None
    rows, ends = attempt(lambda: _read(model, "", ()), NO_LAYERS)
    layers = tuple(rows)
    outputs = attempt(lambda: _outputs(model, layers, ends), NO_OUTPUTS)
    optimizer, config, rate = attempt(lambda: profile_optimizer(model), NO_OPTIMIZER)
    return ModelProfile(
        layers=layers,
        outputs=attempt(lambda: with_compiled(model, outputs, _output_keys(model)), outputs),
        optimizer=optimizer,
        optimizer_config=config,
        learning_rate=rate,
        trainable_parameters=attempt(lambda: size_of(model.trainable_weights), 0),
        parameters=attempt(lambda: size_of(model.weights), 0),
        sequential=_is_chain(layers),
    )


def _read(model: Any, prefix: str, feeds: Sources) -> tuple[list[LayerProfile], dict[int, Sources]]:
    """Return the layers of a model, and by the id of each the layers that its output comes from."""
    rows: list[LayerProfile] = []
    ends: dict[int, Sources] = {}
    for layer, parents in _steps(model):
        sources = feeds if parents == [] else _joined(ends.get(id(parent)) for parent in parents or [None])
        name = f"{prefix}{getattr(layer, 'name', kind_of(layer))}"
        if kind_of(layer) == "InputLayer":
            ends[id(layer)] = feeds
        elif hasattr(layer, "layers") and hasattr(layer, "weights"):
            inner, inner_ends = _read(layer, f"{name}/", sources)
            rows += inner
            ends[id(layer)] = _joined(inner_ends.get(id(last)) for last in _last(layer)) if inner else sources
        else:
            rows.append(profile_layer(layer, name, sources))
            ends[id(layer)] = (name,)
    return rows, ends


def _steps(model: Any) -> list[tuple[Any, list[Any] | None]]:
    """Return the layers and other operations of a model in order, each with those it receives from (None: unknown)."""
    layers = list(model.layers)
    if _is_sequential(model):
        return [(layer, layers[at - 1 : at] if at else []) for at, layer in enumerate(layers)]
    by_depth = getattr(model, "_nodes_by_depth", None) or {}
    nodes = {id(node) for level in by_depth.values() for node in level}
    if not nodes:
        return [(layer, None) for layer in layers]
    return [(operation, _parents(operation, nodes)) for operation in model.operations]


def _parents(operation: Any, nodes: set[int]) -> list[Any]:
    inside = [node for node in operation._inbound_nodes if id(node) in nodes]
    return [parent.operation for node in inside for parent in node.parent_nodes]


def _is_sequential(model: Any) -> bool:
    own_call = getattr(type(model), "call", None)
    return any(base.__name__ == "Sequential" and base.__dict__.get("call") is own_call for base in type(model).__mro__)


def _last(model: Any) -> list[Any]:
    """Return the layers whose outputs are the model's."""
    if _is_sequential(model):
        return list(model.layers)[-1:]
    return [tensor._keras_history.operation for tensor in getattr(model, "outputs", None) or ()]


def _joined(several: Iterable[Sources]) -> Sources:
    known: dict[str, None] = {}
    for names in several:
        if names is None:
            return None
        known |= dict.fromkeys(names)
    return tuple(known)


def _is_chain(layers: tuple[LayerProfile, ...]) -> bool:
    before: Sources = ()
    for layer in layers:
        if layer.sources != before:
            return False
        before = (layer.name,)
    return True


def _output_keys(model: Any) -> list[str]:
    structure = attempt(lambda: model.output, None)
    return [str(key) for key in structure] if isinstance(structure, Mapping) else []


def _outputs(model: Any, layers: tuple[LayerProfile, ...], ends: dict[int, Sources]) -> tuple[OutputProfile, ...]:
    last = _last(model)
    tensors = list(getattr(model, "outputs", None) or [None] * len(last))
    names = list(getattr(model, "output_names", None) or ()) if len(last) > 1 else [""]
    by_name = {layer.name: layer for layer in layers}
    return tuple(
        _output(name, tensor, ends.get(id(operation)), by_name)
        for name, tensor, operation in zip(names, tensors, last, strict=True)
    )


def _output(name: str, tensor: Any, sources: Sources, layers: Mapping[str, LayerProfile]) -> OutputProfile:
    maker = _maker(sources, layers)
    if tensor is not None:
        units = tensor.shape[-1] if len(tensor.shape) > 1 else 1
    else:
        units = maker.units if maker else None
    activation, layer = _activation(sources, layers), maker.name if maker else ""
    return OutputProfile(name, layer, units, activation, numbers=_numbers(tensor))


def _numbers(tensor: Any) -> int | None:
    row = None if tensor is None else tuple(tensor.shape)[1:]
    return None if row is None or None in row else math.prod(row)


def _maker(sources: Sources, layers: Mapping[str, LayerProfile]) -> LayerProfile | None:
    """Return the last layer with weights on the way to an output, where there is one way only."""
    while sources and len(sources) == 1:
        layer = layers[sources[0]]
        if layer.units is not None:
            return layer
        sources = layer.sources
    return None


def _activation(sources: Sources, layers: Mapping[str, LayerProfile]) -> str:
    """Return what acts last on the way to an output; "" when that cannot be known."""
    if not sources:
        return ""
    if len(sources) > 1:
        found = {_activation((source,), layers) for source in sources}
        return found.pop() if len(found) == 1 else ""
    layer = layers[sources[0]]
    if layer.activation != "linear":
        return layer.activation
    if layer.kind in _PASSING or any(part in layer.kind for part in _PASSING_PARTS):
        return _activation(layer.sources, layers)
    if layer.kind in _MERGING or layer.rescales:
        inner = _activation(layer.sources, layers)
        return inner if inner == "linear" or layer.kind == "Concatenate" else ""
    return "linear" if layer.units is not None or layer.normalizes else ""
