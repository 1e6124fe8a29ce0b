"""Our schedules against those that Keras ships: classes step by step, the plateau epoch by epoch."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.plateau import plateau_marks
from kerastune_widget.core.schedule import run_schedule

RATE, EPOCHS, STEPS = 0.02, 10, 7
POSITIONS = np.arange(EPOCHS * STEPS)

VALUES = [
    "cosine",
    "cosine(alpha=0.2, decay_epochs=4.0)",
    "cosine(warmup_epochs=2.0)",
    "cosine(decay_epochs=3.0, warmup_epochs=1.0)",
    "exponential",
    "exponential(decay_epochs=3.0, decay_rate=0.3)",
    "exponential(decay_epochs=2.0, decay_rate=0.5, staircase=True)",
    "step",
    "step(drop=0.5, every_epochs=3.0)",
    "piecewise(boundaries=(0.5, 2, 6), levels=(0.3, 2, 0.1))",
    "polynomial",
    "polynomial(power=2.0, decay_epochs=4.0, alpha=0.1)",
    "polynomial(decay_epochs=3.0, cycle=True)",
    "inverse_time",
    "inverse_time(decay_rate=0.5, decay_epochs=2.0, staircase=True)",
    "cosine_restarts",
    "cosine_restarts(t_mul=1.0, first_epochs=2.0, m_mul=0.5)",
    "cosine_restarts(t_mul=1.5, first_epochs=2.0, alpha=0.1)",
]


@pytest.mark.parametrize("value", VALUES)
def test_equal_to_the_class_of_keras(value):
    ours = run_schedule(value, EPOCHS)
    name, arguments = ours.keras(RATE, STEPS)
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    expected = [float(theirs(step)) for step in POSITIONS]
    np.testing.assert_allclose(RATE * ours.factors(POSITIONS, STEPS), expected, rtol=1e-5)


@pytest.mark.parametrize("value", ["constant", "triangular", "exp_range", "one_cycle", "polynomial(warmup_epochs=1.0)"])
def test_what_keras_has_no_class_for(value):
    assert run_schedule(value, EPOCHS).keras(RATE, STEPS) is None


def rates_by_keras(losses, **options):
    """The rate in force after each epoch, by Keras's callback on a model that is not trained."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(RATE), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(**options)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": loss, "val_accuracy": loss, "loss": -epoch})
        rates.append(float(model.optimizer.learning_rate))
    return rates


def losses(seed, count=40):
    """A loss that falls and then only shakes, as float32 as logs are."""
    steps = np.arange(count)
    noise = np.random.default_rng(seed).normal(0, 0.05, count)
    return np.float32(np.exp(-steps / 5) + 0.3 + noise).astype(float).tolist()


PLATEAUS = [
    {},
    {"patience": 1},
    {"cut": 0.1, "patience": 2, "cooldown": 3},
    {"patience": 2, "cooldown": 1, "min_delta": 0.02},
    {"cut": 0.3, "patience": 2, "lowest": 0.2},
    {"monitor": "loss", "patience": 1},
    {"monitor": "val_accuracy", "patience": 2},
]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("given", PLATEAUS, ids=str)
def test_the_plateau_is_that_of_keras(given, seed):
    value = "plateau" + (f"({', '.join(f'{key}={part!r}' for key, part in given.items())})" if given else "")
    series = {"val_loss": losses(seed), "loss": [-float(epoch) for epoch in range(40)]}
    series["val_accuracy"] = series["val_loss"]
    marks = plateau_marks(History(epochs=series, hyperparameters={"schedule": value}))
    _, arguments = run_schedule(value, EPOCHS).keras(RATE, STEPS)
    expected = rates_by_keras(series["val_loss"], **arguments)
    np.testing.assert_allclose([RATE * mark.factor for mark in marks], expected, rtol=1e-5)
    cuts = 1 + np.flatnonzero(np.diff(expected) < 0)
    assert [mark.epoch for mark in marks if mark.action == "cut"] == [*([0] if expected[0] < RATE * 0.9 else []), *cuts]
    assert len(cuts) or given.get("monitor") == "loss"
