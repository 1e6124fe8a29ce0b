"""L2, gradient clipping, class weights, early stopping: each as Keras has it, bit for bit."""

from __future__ import annotations

import json
from functools import cache

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget.errors import HyperparameterError
from tests.engine.models import CASES, images, sequential, weighted
from tests.engine.test_to_code import assert_is_plain, played

EPOCHS, BATCH = 3, 16
OPTIONS = {"batch_size": BATCH, "shuffle": False}


def dense(regularizer="l2", optimizer=None, **options):
    keras.utils.set_random_seed(0)
    body = layers.Dense(16, activation="relu", kernel_regularizer=regularizer)
    return sequential(body, optimizer=optimizer, **options)


def skewed():
    """Rows of which one class is rare."""
    x, y = images()
    kept = np.flatnonzero((y != 3) | (np.arange(len(y)) % 5 == 0))
    return x[kept], y[kept]


def session_of(model, data=None, **options):
    data = images() if data is None else data
    return kt.Session(model, data, **{"validation_data": images(30, seed=1), **options})


def by_fit(model, data, epochs=EPOCHS, **options):
    given = {"validation_data": images(30, seed=1), "shuffle": False, "verbose": 0, **options}
    return model.fit(*data, batch_size=BATCH, epochs=epochs, **given).history


def penalized():
    """Built with the penalty that the control is to put in the place of the model's own."""
    keras.utils.set_random_seed(0)
    penalty = keras.regularizers.L2(0.003)
    body = layers.Dense(16, activation="relu", kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((64,)), body, layers.Dense(4, "softmax", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def balanced():
    counts = np.bincount(skewed()[1])
    return {label: counts.sum() / (len(counts) * count) for label, count in enumerate(counts)}


def stopping():
    return keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)


FAST = {"learning_rate": 0.1}
ORACLES = {
    "l2": (penalized, {}, {"l2": 0.003}),
    "clipnorm": (
        lambda: dense(optimizer=keras.optimizers.SGD(0.5, clipnorm=0.05)),
        {},
        {"optimizer": "sgd", "clipnorm": 0.05, "learning_rate": 0.5},
    ),
    "class_weight": (dense, {"class_weight": balanced()}, {"class_weight": "balanced"}),
    "early_stopping": (
        lambda: dense(optimizer=keras.optimizers.Adam(**FAST)),
        {"epochs": 30, "callbacks": [stopping()]},
        {"epochs": 30, "early_stopping": 2, **FAST},
    ),
    "and nothing of it is left": (dense, {}, {}),
}


@cache
def oracle(name):
    """What ``fit`` makes of it: the trained model, and its history."""
    make, options, _ = ORACLES[name]
    model = make()
    return model, by_fit(model, skewed(), **options)


def assert_equal(run, model, history):
    for ours, theirs in zip(run.weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert {name: len(values) for name, values in run.history.items()} == {n: len(v) for n, v in history.items()}
    for name, values in history.items():
        np.testing.assert_array_equal(run.history[name], np.asarray(values, "float32"), err_msg=name)


@pytest.fixture(scope="module", params=["graph", "keras"])
def session(request):
    """One session for all: nothing that one setting did may be left for the next."""
    session = session_of(dense(), skewed(), loop=request.param)
    yield session
    session.close()


@pytest.mark.parametrize("name", ORACLES)
def test_equal_to_fit(session, name):
    model, history = oracle(name)
    run = session.run(**{"epochs": EPOCHS, **ORACLES[name][2], **OPTIONS})
    assert_equal(run, model, history)
    assert run.model.optimizer.clipnorm == model.optimizer.clipnorm
    assert not run.record().facts["scheduled"]


def test_the_trained_model_keeps_its_penalty(session):
    model, _ = oracle("l2")
    run = session.run(epochs=EPOCHS, l2=0.003, **OPTIONS)
    assert [float(penalty) for penalty in run.model.losses] == [float(penalty) for penalty in model.losses]
    assert run.model.layers[0].get_config()["kernel_regularizer"]["config"] == {"l2": 0.003}


def test_a_run_that_ended_early_has_finished(session):
    run = session.run(epochs=30, early_stopping=2, **FAST, **OPTIONS)
    assert 2 < run.epochs < 30 and run.status == "finished"
    assert "still-learning" not in [finding.name for finding in run.findings]


CHOSEN = {"l2": 0.003, "clipnorm": 0.05, "class_weight": "balanced", "early_stopping": 2, "schedule": "triangular"}
MODEL = {"normalization": True, "initializer": "he", "dropout": 0.1}
OTHERS = {"l2": None, "clipnorm": None, "class_weight": "none", "early_stopping": 3, "schedule": "constant"}


def assert_script_repeats(run, folder):
    """The script is plain, and gives the same numbers to the last bit."""
    assert_is_plain(run.to_code())
    history = played(run, folder)
    for name, values in run.history.items():
        np.testing.assert_array_equal(np.asarray(history[name], "float32"), values, err_msg=name)


def test_a_stopped_run_is_continued_branched_logged_and_written(tmp_path):
    """What each run became is told by its script, also after its log was read."""
    session = session_of(dense(), skewed(), log_dir=tmp_path / "log")
    run = session.run(epochs=12, learning_rate=0.1, **CHOSEN, **MODEL, **OPTIONS)
    ended = run.epochs
    assert ended < 12 and "keras.callbacks.EarlyStopping(" in run.to_code()
    assert_script_repeats(run, tmp_path / "ended")
    session.branch(run, ended, epochs=3, **OTHERS)
    session.wait()
    session.set("l2", 0.01)
    session.continue_run(3, run=1)
    session.wait()
    branched = session.runs[1]
    assert {change.name for change in branched.changes} == set(CHOSEN)
    before = [(one.to_code(), one.history, one.weights) for one in session.runs]
    session.close()
    session = session_of(dense(), skewed(), log_dir=tmp_path / "log")
    for one, (code, history, weights) in zip(session.runs, before, strict=True):
        assert (one.to_code(), one.history) == (code, history)
        for ours, theirs in zip(one.weights, weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    for one in session.runs:
        assert_script_repeats(one, tmp_path / str(one.number))
    session.close()


def test_beyond_the_plan_the_last_factor_stays(session):
    run = session.run(epochs=2, schedule="step", learning_rate=0.1, **OPTIONS)
    session.continue_run(1)
    session.wait()
    np.testing.assert_allclose(run.learning_rates[-4:], 0.001, rtol=1e-6)


def test_a_log_older_than_the_controls(tmp_path):
    session = session_of(dense(), log_dir=tmp_path)
    session.run(epochs=1, **OPTIONS)
    session.close()
    header = tmp_path / "runs" / "0001" / "run.json"
    content = json.loads(header.read_text(encoding="utf-8"))
    for settings in (
        content["hyperparameters"],
        content["start_settings"],
        *(end["values"] for end in content["ends"]),
    ):
        for name in CHOSEN:
            del settings[name]
    header.write_text(json.dumps(content), encoding="utf-8")
    session = session_of(dense(), log_dir=tmp_path)
    run = session.continue_run(1)
    session.wait()
    assert (run.status, run.epochs) == ("finished", 2)
    assert run.hyperparameters["schedule"] == "constant" and "EPOCHS = 2" in run.to_code()
    session.close()


def test_a_sweep(session):
    sweep = session.sweep("l2", [None, 0.0, 0.1], epochs=1, **OPTIONS)
    own, without, strong = (session.find(number).history["loss"][0] for number in sweep.runs)
    assert without < own < strong


def regression():
    model = keras.Sequential([keras.Input((64,)), layers.Dense(1)])
    model.compile(loss="mse")
    return kt.Session(model, (images()[0], images()[1] / 7))


def scheduled():
    return session_of(CASES["schedule"].model())


REFUSED = {
    "weights that were not given": (lambda: session_of(dense()), {"class_weight": "own"}, "one of"),
    "no classes": (regression, {"class_weight": "balanced"}, "one class a row"),
    "sample weights": (lambda: session_of(dense(), weighted()), {"class_weight": "balanced"}, "sample weights"),
    "a schedule of its own": (scheduled, {"schedule": "cosine"}, "a schedule of its own"),
    "no norm": (lambda: session_of(dense()), {"clipnorm": 0}, "from 1e-6"),
    "no patience": (lambda: session_of(dense()), {"early_stopping": 0}, "a whole number from 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(name):
    make, given, words = REFUSED[name]
    session = make()
    with pytest.raises(HyperparameterError, match=words):
        session.start(**given)
    session.close()


def test_weights_that_were_given_can_be_taken_away():
    session = session_of(dense(), skewed(), class_weight=balanced())
    assert session.settings["class_weight"] == "own"
    assert_equal(session.run(epochs=EPOCHS, class_weight="none", **OPTIONS), *oracle("and nothing of it is left"))
    session.close()
