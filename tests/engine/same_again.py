"""Models with every source of chance, and a run of each; also run as a process of its own, which prints digests."""

from __future__ import annotations

import hashlib
from typing import Any

import keras
import numpy as np
from keras import layers

import kerastune_widget as kt

SEED, EPOCHS, BATCH, ROWS = 5, 3, 8, 28  # 21 rows to train on: the last batch is a partial one


@keras.saving.register_keras_serializable("same_again")
class Jitter(layers.Layer):
    """Draws without a seed generator of its own, as tutorials do."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        return inputs + keras.random.normal(keras.ops.shape(inputs), stddev=0.1)


def images() -> tuple[Any, Any]:
    body = [
        keras.Input((6, 6, 1)),
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.2, 0.2, fill_mode="nearest"),
        layers.GaussianNoise(0.1),
        Jitter(),
        layers.Conv2D(3, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(3, activation="softmax"),
    ]
    return compiled(body), np.random.default_rng(0).normal(size=(ROWS, 6, 6, 1)).astype("float32")


def tokens() -> tuple[Any, Any]:
    body = [
        keras.Input((7,), dtype="int32"),
        layers.Embedding(20, 4, mask_zero=True),
        layers.LSTM(5, dropout=0.2, recurrent_dropout=0.1, name="lstm"),  # by their names the log knows their rates
        layers.Dropout(0.2, name="dropout"),
        layers.Dense(3, activation="softmax"),
    ]
    return compiled(body), np.random.default_rng(1).integers(0, 20, (ROWS, 7)).astype("int32")


def compiled(body: list[Any]) -> Any:
    model = keras.Sequential(body)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


KINDS = {"images": images, "tokens": tokens}


def session(kind: str, **options: Any) -> kt.Session:
    """Return a session on a model that a function builds, so that its seed draws the weights too."""
    x = KINDS[kind]()[1]
    y = np.arange(ROWS) % 3
    options = {"validation_split": 0.25, "seed": SEED, "probe": False, **options}
    return kt.Session(lambda: KINDS[kind]()[0], (x, y), **options)


def numbers(run: kt.Run) -> list[Any]:
    """Return everything that a run came to: history, weights, optimizer and random layers."""
    assert run.end is not None, run.error
    state = run.end.state
    curves = [np.array(values) for _, values in sorted(run.history.items())]
    return [*curves, *state.weights, *state.optimizer_variables, *state.seeds, *state.unseeded]


def digest(run: kt.Run) -> str:
    whole = hashlib.sha256()
    for array in numbers(run):
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


if __name__ == "__main__":
    for kind in KINDS:
        for loop in ("graph", "keras"):
            print(kind, loop, digest(session(kind, loop=loop).run(epochs=EPOCHS, batch_size=BATCH)))
