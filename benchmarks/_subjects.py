"""The data and the models that everything is measured on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

logging.getLogger("tensorflow").setLevel("ERROR")  # a loop that rebuilds models is warned of retracing; we know

TRAINING_ROWS = 1437
BATCH_SIZE = 32


@cache
def digits() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return training and validation data, four fifths and one fifth."""
    x, y = load_digits(return_X_y=True)
    x, y = (x / 16).astype(np.float32), y.astype(np.int32)
    return (x[:TRAINING_ROWS], y[:TRAINING_ROWS]), (x[TRAINING_ROWS:], y[TRAINING_ROWS:])


def mlp() -> list[Any]:
    return [layers.Dense(64, activation="relu"), layers.Dropout(0.2)]


def cnn() -> list[Any]:
    convolutions = [layers.Conv2D(16, 3, activation="relu"), layers.Conv2D(32, 3, activation="relu")]
    return [layers.Reshape((8, 8, 1)), *convolutions, layers.Flatten(), layers.Dropout(0.2)]


def lstm() -> list[Any]:
    return [layers.Reshape((8, 8)), layers.LSTM(32), layers.Dropout(0.2)]


def batch_norm() -> list[Any]:
    return [layers.Dense(64), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.2)]


def large() -> list[Any]:
    return [layers.Dense(2048, activation="relu") for _ in range(3)]


SMALL: dict[str, Callable[[], list[Any]]] = {"MLP": mlp, "CNN": cnn, "LSTM": lstm, "batch norm": batch_norm}


def compiled(body: Callable[[], list[Any]]) -> Any:
    """Return a fresh compiled model."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,)), *body(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def recompiled(model: Any) -> Any:
    """Return a fresh copy with fresh weights, as people do it by hand."""
    copy = keras.models.clone_model(model)
    copy.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return copy
