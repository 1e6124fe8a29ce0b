"""Data sets and models: the six that are reported, and others that the method was made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from ..diagnosis import data, fresh_data

OPTIMIZERS = ("sgd_momentum", "adam", "rmsprop")
BATCH_SIZE = 32
EPOCHS = 10

Body = Callable[[], list[Any]]


@dataclass(frozen=True)
class Pair:
    """A data set and a model.

    Attributes:
        name: As the tables call it.
        load: Returns training and validation rows.
        body: Returns the layers before the output.
        classes: How many there are; 0 for a regression.
    """

    name: str
    load: Callable[[], data.Split]
    body: Body
    classes: int = 0

    @property
    def metric(self) -> str:
        """What is judged: validation accuracy of classes, validation loss of a regression."""
        return "val_accuracy" if self.classes else "val_loss"

    def model(self) -> Any:
        """Return a new compiled model."""
        shape = self.load()[0].x.shape[1:]
        output = layers.Dense(self.classes, activation="softmax") if self.classes else layers.Dense(1)
        model = keras.Sequential([keras.Input(shape), *self.body(), output])
        loss = "sparse_categorical_crossentropy" if self.classes else "mse"
        model.compile("adam", loss, metrics=["accuracy"] if self.classes else [])
        return model

    def reached(self, score: float, best: float) -> bool:
        """Whether a score is as good as one may ask: 97% of the best accuracy, or 1.1 times the best loss."""
        return score >= 0.97 * best if self.classes else score <= 1.1 * best


def mlp(units: int = 32, activation: str = "relu", depth: int = 1) -> Body:
    """Return dense layers."""
    return lambda: [layers.Dense(units, activation=activation) for _ in range(depth)]


def cnn(filters: int = 16) -> Body:
    """Return two convolutions over a picture."""
    return lambda: [
        layers.Conv2D(filters, 3, activation="relu"),
        layers.Conv2D(2 * filters, 3, activation="relu"),
        layers.Flatten(),
    ]


def flat(units: int) -> Body:
    """Return a dense layer over the pixels of a picture."""
    return lambda: [layers.Flatten(), layers.Dense(units, activation="relu")]


def recurrent(layer: str, units: int) -> Body:
    """Return a recurrent layer over a window of numbers."""
    return lambda: [layers.Reshape((-1, 1)), getattr(layers, layer)(units)]


def normalised(units: int) -> Body:
    """Return dense layers with batch normalization and dropout."""
    return lambda: [
        layers.Dense(units),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(0.2),
        layers.Dense(units, activation="relu"),
    ]


def wave() -> Body:
    """Return convolutions over a sound."""
    return lambda: [
        layers.Conv1D(16, 5, activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(32, 3, activation="relu"),
        layers.GlobalAveragePooling1D(),
    ]


REPORTED = (
    Pair("digits, MLP", data.digits, flat(64), 10),
    Pair("digits, CNN", data.digits, cnn(), 10),
    Pair("breast cancer, deep MLP", data.cancer, mlp(32, depth=2), 2),
    Pair("wine, MLP", data.wine, mlp(16), 3),
    Pair("diabetes, MLP", data.diabetes, mlp(32)),
    Pair("sunspots, LSTM", data.sunspots, recurrent("LSTM", 16)),
)
"""What the results tell of; nothing was chosen by looking at them."""

TUNING = (
    Pair("iris, MLP", data.iris, mlp(16), 3),
    Pair("penguins, tanh MLP", data.penguins, mlp(24, "tanh", depth=2), 3),
    Pair("cars, MLP", data.cars, mlp(32)),
    Pair("carbon dioxide, GRU", data.carbon_dioxide, recurrent("GRU", 16)),
    Pair("patches, CNN", data.patches, cnn(8), 2),
    Pair("blobs, deep MLP", fresh_data.blobs, mlp(48, depth=3), 5),
    Pair("strokes, CNN", fresh_data.strokes, cnn(12), 4),
    Pair("tones, Conv1D", fresh_data.tones, wave(), 3),
    Pair("votes, batch norm", fresh_data.votes, normalised(24), 2),
    Pair("weather, MLP", fresh_data.weather, mlp(32, depth=2)),
    Pair("friedman, batch norm", fresh_data.friedman, normalised(32)),
    Pair("ocean, LSTM", fresh_data.ocean, recurrent("LSTM", 16)),
)
"""What the method was made with; other data and other models than those reported."""
