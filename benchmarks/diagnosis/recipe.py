"""A training as plain values, so that a fault can change any part of it; Keras is only needed to build it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Task = Literal["classes", "binary", "regression"]

KERNELS = ("Dense", "Conv2D", "Conv1D", "LSTM", "GRU", "SimpleRNN")
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
LOSSES: Mapping[Task, str] = {
    "classes": "sparse_categorical_crossentropy",
    "binary": "binary_crossentropy",
    "regression": "mse",
}


@dataclass(frozen=True)
class Layer:
    """One Keras layer, by the name of its class and its keywords."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def but(self, **options: Any) -> Layer:
        """Return it with other options."""
        return replace(self, options={**self.options, **options})


@dataclass(frozen=True)
class Rows:
    """Inputs and targets, row by row."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)

    def at(self, index: Array) -> Rows:
        """Return some of the rows, or all of them in another order."""
        return Rows(self.x[index], self.y[index])

    def map_x(self, change: Callable[[Array], Array]) -> Rows:
        """Return the rows with changed inputs."""
        return Rows(change(self.x).astype(np.float32), self.y)


@dataclass(frozen=True)
class Recipe:
    """All that decides a training but its seed.

    Attributes:
        task: What is to be learnt.
        layers: The layers in a chain, input left out, output last.
        training: Training rows.
        validation: Validation rows.
        loss: Keras's name of the loss.
        from_logits: What the loss is told; None for a loss without that choice.
        metrics: Keras's names of the metrics.
        optimizer: Keras's name of the optimizer.
        learning_rate: A rate, or a schedule by the name of its class and its keywords.
        optimizer_options: Other keywords of the optimizer.
        batch_size: Rows a step.
        epochs: Passes over the rows.
        shuffle: Whether the rows are put in a new order each epoch.
    """

    task: Task
    layers: tuple[Layer, ...]
    training: Rows
    validation: Rows
    loss: str
    metrics: tuple[str, ...] = ()
    from_logits: bool | None = None
    optimizer: str = "adam"
    learning_rate: float | Layer = 1e-3
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = 32
    epochs: int = 15
    shuffle: bool = True

    def but(self, **parts: Any) -> Recipe:
        """Return it with other parts."""
        return replace(self, **parts)

    @property
    def rate(self) -> float:
        """The learning rate, or where its schedule starts."""
        if isinstance(self.learning_rate, Layer):
            return float(self.learning_rate.options["initial_learning_rate"])
        return self.learning_rate

    @property
    def hidden(self) -> tuple[int, ...]:
        """Places of the layers with a kernel, the output left out."""
        return tuple(place for place, layer in enumerate(self.layers[:-1]) if layer.kind in KERNELS)

    def with_hidden(self, **options: Any) -> Recipe:
        """Return it with other options of all hidden layers that have a kernel."""
        return self.map_layers(lambda place, layer: layer.but(**options) if place in self.hidden else layer)

    def with_output(self, **options: Any) -> Recipe:
        """Return it with other options of the output layer."""
        return self.but(layers=(*self.layers[:-1], self.layers[-1].but(**options)))

    def with_kernels(self, **options: Any) -> Recipe:
        """Return it with other options of every layer that has a kernel, the output included."""
        return self.with_hidden(**options).with_output(**options)

    def map_layers(self, change: Callable[[int, Layer], Layer | None]) -> Recipe:
        """Return it with each layer changed, or left out for None."""
        changed = (change(place, layer) for place, layer in enumerate(self.layers))
        return self.but(layers=tuple(layer for layer in changed if layer is not None))

    def map_rows(self, change: Callable[[Rows], Rows]) -> Recipe:
        """Return it with training and validation rows changed alike."""
        return self.but(training=change(self.training), validation=change(self.validation))


def dense(units: int, activation: str = "relu", **options: Any) -> Layer:
    return Layer("Dense", {"units": units, "activation": activation, **options})


def convolution(filters: int, activation: str = "relu", **options: Any) -> Layer:
    return Layer("Conv2D", {"filters": filters, "kernel_size": 3, "activation": activation, **options})


def lstm(units: int, **options: Any) -> Layer:
    return Layer("LSTM", {"units": units, **options})


def dropout(rate: float) -> Layer:
    return Layer("Dropout", {"rate": rate})


def batch_norm() -> Layer:
    return Layer("BatchNormalization")


def relu() -> Layer:
    return Layer("ReLU")


def pooling() -> Layer:
    return Layer("MaxPooling2D")


def flatten() -> Layer:
    return Layer("Flatten")


def reshape(*shape: int) -> Layer:
    return Layer("Reshape", {"target_shape": shape})
