"""How a model was built and compiled, as plain values that a rule can read without Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LayerProfile:
    """One layer.

    Attributes:
        name: Its name in the model, nested ones as "outer/inner".
        kind: Its class, such as "Dense".
        activation: Keras's name of its activation, such as "relu"; "linear" where it has none; an activation layer
            has its own.
        units: Units or filters of its output (its last axis); None when it has no weights.
        parameters: Count of its weights.
        trainable: Whether they are trained.
        initializer: Class of its kernel's initializer, such as "GlorotUniform"; "" without kernel.
        initializer_config: What that initializer was made with.
        l1: L1 strength on its kernel; 0 for none.
        l2: L2 strength on its kernel; 0 for none.
        dropout: Rate of a dropout layer (or of a recurrent layer's dropout); None for other layers.
        normalizes: Whether it normalises what it receives (batch, layer, group normalisation, ``Normalization``).
        rescales: Whether it only scales its inputs (``Rescaling``, ``Normalization``).
        weight_spread: Standard deviation of its kernel; None without kernel, or when not built.
        fan_in: Inputs of one unit; None when unknown.
        untrained: Whether the spread of its kernel's entries is that of the initializer still, which training never
            leaves; None when that cannot be told.
        sources: Names of the layers whose outputs it receives; empty when it receives the model's inputs; None when
            unknown, as in a subclassed model.
    """

    name: str
    kind: str
    activation: str = "linear"
    units: int | None = None
    parameters: int = 0
    trainable: bool = True
    initializer: str = ""
    initializer_config: Mapping[str, Any] = field(default_factory=dict)
    l1: float = 0.0
    l2: float = 0.0
    dropout: float | None = None
    normalizes: bool = False
    rescales: bool = False
    weight_spread: float | None = None
    fan_in: int | None = None
    untrained: bool | None = None
    sources: tuple[str, ...] | None = None


@dataclass(frozen=True)
class OutputProfile:
    """One output, with the loss that judges it.

    Attributes:
        name: Its name; "" for a model with a single output.
        layer: Name of the layer that makes it; "" when unknown.
        units: Length of its last axis; None when open.
        activation: What acts on it last, such as "softmax"; "linear" for none; "" when unknown.
        loss: Keras's snake-case name of its loss, such as "sparse_categorical_crossentropy"; "" for one of a user's.
        from_logits: Whether the loss expects logits; None for losses without that choice.
        metrics: Names of its metrics.
        numbers: How many numbers it gives for each row; None when unknown or open.
    """

    name: str = ""
    layer: str = ""
    units: int | None = None
    activation: str = ""
    loss: str = ""
    from_logits: bool | None = None
    metrics: tuple[str, ...] = ()
    numbers: int | None = None


@dataclass(frozen=True)
class ModelProfile:
    """One compiled model.

    Attributes:
        layers: Its layers from inputs to outputs, nested models opened, inputs left out.
        outputs: Its outputs.
        optimizer: Keras's snake-case name of the optimizer; "" when not compiled.
        optimizer_config: What the optimizer was made with, numbers and strings only.
        learning_rate: The rate compiled in; None when a schedule sets it, or when not compiled.
        trainable_parameters: Count of weights that are trained.
        parameters: Count of all weights.
        sequential: Whether the layers form a single chain.
    """

    layers: tuple[LayerProfile, ...] = ()
    outputs: tuple[OutputProfile, ...] = ()
    optimizer: str = ""
    optimizer_config: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    trainable_parameters: int = 0
    parameters: int = 0
    sequential: bool = True

    def layer(self, name: str) -> LayerProfile | None:
        """Return the layer of this name, or None."""
        return next((layer for layer in self.layers if layer.name == name), None)
