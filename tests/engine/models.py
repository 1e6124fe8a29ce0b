"""Tiny real models and data, each exercising one thing that the graph loop must do as ``fit`` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import layers

ROWS = 70  # with batches of 16, a partial last batch of 6


@dataclass(frozen=True)
class Case:
    model: Callable[[], Any]
    data: Callable[[], tuple]
    options: dict[str, Any] = field(default_factory=dict)


def images(rows=ROWS, seed=0):
    generator = np.random.default_rng(seed)
    y = generator.integers(0, 4, rows)
    x = generator.normal(size=(rows, 64)).astype("float32")
    x[:, :4] += 2 * np.eye(4, dtype="float32")[y]
    return x, y


def weighted():
    x, y = images()
    return x, y, np.linspace(0.1, 2, len(x)).astype("float32")


def two_inputs_and_outputs():
    x, y = images()
    return ({"left": x[:, :32], "right": x[:, 32:]}, {"kind": y, "size": x.sum(axis=1, keepdims=True)})


def sequential(*body, optimizer=None, loss="sparse_categorical_crossentropy", metrics=("accuracy",), **compile_options):
    model = keras.Sequential([keras.Input((64,)), *body, layers.Dense(4, activation="softmax")])
    model.compile(optimizer or keras.optimizers.Adam(1e-2), loss=loss, metrics=list(metrics), **compile_options)
    return model


def dense(**options):
    return sequential(layers.Dense(16, activation="relu"), **options)


def dropout():
    return sequential(layers.Dense(16, activation="relu"), layers.Dropout(0.3, seed=7))


def other_dropouts():
    return sequential(
        layers.Reshape((16, 4)),
        layers.SpatialDropout1D(0.25, seed=1),
        layers.Flatten(),
        layers.Dense(16, activation="selu"),
        layers.AlphaDropout(0.2, seed=2),
        layers.GaussianDropout(0.1, seed=3),
    )


def convolution():
    return sequential(layers.Reshape((8, 8, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten())


def pooled():
    return sequential(layers.Reshape((8, 8)), layers.Dense(8, activation="relu"), layers.GlobalAveragePooling1D())


def lstm():
    return sequential(layers.Reshape((8, 8)), layers.LSTM(8, dropout=0.2, recurrent_dropout=0.1, seed=3))


def gru():
    return sequential(layers.Reshape((8, 8)), layers.GRU(8, dropout=0.3, seed=3))


def batch_normalization():
    return sequential(layers.Dense(16), layers.BatchNormalization(), layers.ReLU())


def functional():
    left, right = keras.Input((32,), name="left"), keras.Input((32,), name="right")
    hidden = layers.Dense(8, activation="tanh")(layers.Concatenate()([left, right]))
    kind = layers.Dense(4, activation="softmax", name="kind")(hidden)
    size = layers.Dense(1, name="size")(hidden)
    model = keras.Model({"left": left, "right": right}, {"kind": kind, "size": size})
    model.compile(
        keras.optimizers.RMSprop(1e-2),
        loss={"kind": "sparse_categorical_crossentropy", "size": "mse"},
        loss_weights={"kind": 1.0, "size": 0.1},
        metrics={"kind": ["accuracy"], "size": ["mae"]},
    )
    return model


def own_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(keras.ops.one_hot(keras.ops.cast(y_true, "int32"), 4) - y_pred), axis=-1)


class Confidence(keras.metrics.Metric):
    def __init__(self, name="confidence", **options):
        super().__init__(name=name, **options)
        self.sum = self.add_variable((), initializer="zeros", name="sum")
        self.seen = self.add_variable((), initializer="zeros", name="seen")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.sum.assign_add(keras.ops.sum(keras.ops.max(y_pred, axis=-1)))
        self.seen.assign_add(keras.ops.cast(keras.ops.shape(y_pred)[0], "float32"))

    def result(self):
        return self.sum / self.seen


class Subclassed(keras.Model):
    def __init__(self, units=12, **options):
        super().__init__(**options)
        self.units = units
        self.hidden = layers.Dense(units, activation="relu")
        self.out = layers.Dense(4, activation="softmax")

    def call(self, inputs):
        return self.out(self.hidden(inputs))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def subclassed():
    model = Subclassed()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss="sparse_categorical_crossentropy")
    model.build((None, 64))
    return model


class OwnStep(keras.Sequential):
    """A train_step of its own, with a metric of its own."""

    def train_step(self, data):
        logs = super().train_step(data)
        return {**logs, "doubled": 2 * logs["loss"]}


def own_step():
    model = OwnStep([keras.Input((64,)), layers.Dense(8, activation="relu"), layers.Dense(4, activation="softmax")])
    model.compile(keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy")
    return model


def scheduled():
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=3, decay_rate=0.8)
    return dense(optimizer=keras.optimizers.Adam(schedule))


def mixed(policy):
    def build():
        return sequential(layers.Dense(16, activation="relu", dtype=policy), layers.Dropout(0.2, seed=5, dtype=policy))

    return build


CASES = {
    "dense": Case(dense, images),
    "dropout": Case(dropout, images),
    "other dropouts": Case(other_dropouts, images),
    "convolution": Case(convolution, images),
    "pooled sequence": Case(pooled, images),
    "LSTM": Case(lstm, images),
    "GRU": Case(gru, images),
    "batch normalization": Case(batch_normalization, images),
    "several inputs and outputs": Case(functional, two_inputs_and_outputs),
    "sample weights": Case(lambda: dense(weighted_metrics=["accuracy"]), weighted),
    "class weights": Case(dense, images, {"class_weight": {0: 0.2, 2: 3.0}}),
    "own loss": Case(lambda: dense(loss=own_loss), images),
    "own metric": Case(lambda: dense(metrics=["accuracy", Confidence()]), images),
    "clipnorm": Case(lambda: dense(optimizer=keras.optimizers.Adam(1e-2, clipnorm=0.1)), images),
    "averaged weights": Case(lambda: dense(optimizer=keras.optimizers.Adam(1e-2, use_ema=True)), images),
    "schedule": Case(scheduled, images),
    "subclassed": Case(subclassed, images),
    "own train_step": Case(own_step, images),
    "jit_compile": Case(lambda: dense(jit_compile=True), images),
    "mixed bfloat16": Case(mixed("mixed_bfloat16"), images),
    "mixed float16": Case(mixed("mixed_float16"), images),
}
