"""The promise: the same numbers as ``model.fit``, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from tests.engine.models import CASES, ROWS, Case, images

ROOT = Path(__file__).parents[2]
EPOCHS, BATCH = 3, 16


def case_of(name: str, rows: int = ROWS) -> Case:
    """Return a case; of rows that fill all batches, it is one with images."""
    return CASES[name] if rows == ROWS else replace(CASES[name], data=lambda: images(rows))


@cache  # both loops are held against it
def trained_by_fit(name: str, rows: int):
    """The oracle: a second model built the same way, trained by fit on the rows in their order."""
    case = case_of(name, rows)
    model = built(case)
    x, y, weight = (*case.data(), None)[:3]
    history = model.fit(
        x,
        y,
        sample_weight=weight,
        batch_size=BATCH,
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
        validation_data=case.data()[:2],
        **case.options,
    )
    kept = [(variable.path, np.array(variable)) for variable in model.optimizer.variables]
    return model.get_weights(), kept, history.history


def built(case: Case, seed=0):
    keras.utils.set_random_seed(seed)
    return case.model()


KERAS_LOOP = ("dropout", "LSTM", "several inputs and outputs", "averaged weights", "schedule")
PAIRS = [("graph", name) for name in CASES] + [("keras", name) for name in KERAS_LOOP]


@pytest.mark.parametrize(("loop", "name"), PAIRS)
def test_weights_optimizer_and_history_equal_fit(loop, name):
    assert_equal_to_fit(name, loop)


@pytest.mark.parametrize("name", ["pooled sequence", "dropout", "convolution"])
def test_equal_to_fit_when_all_batches_have_one_size(name):
    """Then fit traces the batch size as a constant, and sums may be taken in another order."""
    assert_equal_to_fit(name, "graph", 4 * BATCH)


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_a_batch_larger_than_the_data_is_all_of_it(loop):
    assert_equal_to_fit("dropout", loop, BATCH - 3)


def assert_equal_to_fit(name: str, loop: str, rows: int = ROWS) -> None:
    weights, variables, history = trained_by_fit(name, rows)
    case = case_of(name, rows)
    session = kt.Session(built(case), case.data(), validation_data=case.data()[:2], loop=loop, **case.options)
    run = session.run(epochs=EPOCHS, batch_size=BATCH, shuffle=False)
    for ours, theirs in zip(run.weights, weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, (path, theirs) in zip(run.model.optimizer.variables, variables, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=path)
    assert run.history.keys() == history.keys()
    for metric, values in history.items():
        np.testing.assert_array_equal(run.history[metric], np.asarray(values, "float32"), err_msg=metric)


WIDE = """
import keras
import numpy as np
import kerastune_widget as kt
from tests.engine.models import images, sequential

def model():
    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(512, activation="relu"), keras.layers.Reshape((16, 16, 2))]
    return sequential(*hidden, keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.Flatten())

x, y = images(1000)
expected = model()
expected.fit(x, y, batch_size=256, epochs=2, shuffle=False, verbose=0)
run = kt.Session(model(), (x, y), probe=False).run(epochs=2, batch_size=256, shuffle=False)
for ours, theirs in zip(run.weights, expected.get_weights(), strict=True):
    np.testing.assert_array_equal(ours, theirs)
"""


def test_equal_to_fit_with_as_many_threads_as_tensorflow_likes():
    """Of layers so wide that their work is shared out; the other tests get by with one thread."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    free = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    command = [sys.executable, "-c", WIDE]
    done = subprocess.run(command, capture_output=True, text=True, env={**free, "PYTHONPATH": path}, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_step_losses_are_those_of_each_batch(loop):
    keras.utils.set_random_seed(0)
    model = CASES["dense"].model()
    weights = model.get_weights()
    x, y = images()
    run = kt.Session(model, (x, y), loop=loop).run(epochs=1, batch_size=BATCH, shuffle=False)
    model.set_weights(weights)
    losses, accuracies = [], []
    for start in range(0, len(x), BATCH):
        model.reset_metrics()
        loss, accuracy = model.train_on_batch(x[start : start + BATCH], y[start : start + BATCH])
        losses.append(loss)
        accuracies.append(accuracy)
    np.testing.assert_allclose(run.steps["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(run.steps["accuracy"], accuracies, rtol=1e-5)


def test_both_loops_visit_the_same_shuffled_batches():
    case = CASES["dropout"]
    runs = [kt.Session(built(case), case.data(), loop=loop).run(epochs=2, seed=5) for loop in ("graph", "keras")]
    for ours, theirs in zip(runs[0].weights, runs[1].weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_users_model_is_never_changed():
    model = built(CASES["dropout"])
    before = model.get_weights()
    optimizer, iterations = model.optimizer, int(model.optimizer.iterations.numpy())
    session = kt.Session(model, images())
    run = session.run(epochs=1, learning_rate=0.1, dropout=0.5, optimizer="sgd")
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert model.optimizer is optimizer and int(optimizer.iterations.numpy()) == iterations
    assert model.layers[1].rate == 0.3
    session.adopt(run)
    for now, trained in zip(model.get_weights(), run.weights, strict=True):
        np.testing.assert_array_equal(now, trained)
