"""Which layers of a model stand where: what reads its input, what makes its output, which are drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

_ACTIVATING = tuple(
    getattr(keras.layers, name)
    for name in ("Activation", "Softmax", "ReLU", "LeakyReLU", "ELU")
    if hasattr(keras.layers, name)
)
_RESHAPING = ("Reshape", "Flatten", "Permute", "InputLayer", "ZeroPadding", "Cropping", "Identity", "Resizing")


@dataclass(frozen=True)
class Head:
    """What makes the output of a model.

    Attributes:
        layer: The Dense layer.
        following: Layers after it that only activate, in order.
    """

    layer: Any
    following: tuple[Any, ...] = ()

    @property
    def activation(self) -> str:
        """Keras's name of what acts last: "linear" for nothing."""
        named = [name for name in map(activation_of, (self.layer, *self.following)) if name != "linear"]
        return named[-1] if named else "linear"


def is_layered(model: Any) -> bool:
    """Whether Keras knows all layers of the model and how they connect: Sequential, or Functional as Keras made it."""
    return type(model).__module__.startswith("keras.") and (
        isinstance(model, keras.Sequential) or hasattr(model, "_nodes_by_depth")
    )


def activation_of(layer: Any) -> str:
    """Return Keras's name of the activation that a layer ends with, or is."""
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    own = getattr(layer, "activation", None)
    if own is None and isinstance(layer, _ACTIVATING):
        return type(layer).__name__.lower()
    return "linear" if own is None else getattr(own, "__name__", getattr(own, "name", type(own).__name__))


def head_of(model: Any) -> Head | None:
    """Return what makes the one output of a built, layered model; None unless it is a Dense layer used once."""
    if len(model.outputs) != 1:
        return None
    tensor = model.outputs[0]
    following: list[Any] = []
    while True:
        operation, node = _maker(tensor)
        if isinstance(operation, keras.layers.Dense):
            alone = sum(one.operation is operation for one in _nodes(model)) == 1
            return Head(operation, tuple(reversed(following))) if alone else None
        if not isinstance(operation, _ACTIVATING) or len(node.input_tensors) != 1:
            return None
        following.append(operation)
        tensor = node.input_tensors[0]


def first_layers(model: Any) -> list[Any]:
    """Return the layers that first do more with the input of a built, layered model than to reshape it."""
    waiting, found = [id(tensor) for tensor in model.inputs], []
    nodes = list(_nodes(model))
    while waiting:
        place = waiting.pop()
        for node in nodes:
            if node.is_input or place not in {id(tensor) for tensor in node.input_tensors}:
                continue
            if type(node.operation).__name__.rstrip("123D").startswith(_RESHAPING):
                waiting += [id(tensor) for tensor in node.outputs]
            elif is_layered(node.operation):
                found += first_layers(node.operation)
            else:
                found.append(node.operation)
    return found


def output_layers(model: Any) -> set[int]:
    """Return the ids of the layers with a kernel that make the outputs; of a subclassed model, its last one."""
    if not is_layered(model) or not model.built:
        drawn = [layer for layer in model._flatten_layers(include_self=False) if kernel_of(layer) is not None]
        return {id(layer) for layer in drawn[-1:]}
    found: set[int] = set()
    waiting = list(keras.tree.flatten(model.outputs))
    while waiting:
        operation, node = _maker(waiting.pop())
        if isinstance(operation, keras.Model):
            found |= output_layers(operation)
        elif _may_be_drawn(operation):
            found.add(id(operation))
        else:
            waiting += node.input_tensors
    return found


def drawn_layers(model: Any) -> list[Any]:
    """Return the Dense and convolution layers, nested ones too, whose kernels an initializer may draw anew."""
    return [layer for layer in model._flatten_layers(include_self=False) if _may_be_drawn(layer) and layer.trainable]


def kernel_of(layer: Any) -> Any:
    """Return the kernel of a Dense or convolution layer that is built; None for others."""
    return getattr(layer, "_kernel", getattr(layer, "kernel", None)) if _may_be_drawn(layer) and layer.built else None


def _may_be_drawn(layer: Any) -> bool:
    kind = type(layer).__name__
    convolves = "Conv" in kind and "Depthwise" not in kind and "Separable" not in kind and "LSTM" not in kind
    return hasattr(layer, "kernel_initializer") and (isinstance(layer, keras.layers.Dense) or convolves)


def _maker(tensor: Any) -> tuple[Any, Any]:
    history = tensor._keras_history
    return history.operation, history.operation._inbound_nodes[history.node_index]


def _nodes(model: Any) -> Iterator[Any]:
    graph = model if hasattr(model, "_nodes_by_depth") else model._functional
    for group in graph._nodes_by_depth.values():
        yield from group
