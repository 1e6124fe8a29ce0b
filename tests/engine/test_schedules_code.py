"""Scripts of runs with a schedule: Keras's own class or callback where there is one, and the same numbers."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from tests.engine import models
from tests.engine.models import images
from tests.engine.test_to_code import assert_is_plain, changing, played

OPTIONS = {"batch_size": 16, "epochs": 3, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def session():
    keras.utils.set_random_seed(0)
    session = kt.Session(models.dense(), images(), validation_data=images(30, seed=1), probe=False)
    yield session
    session.close()


def halve(epoch):
    return 0.04 * 0.5**epoch


def shrink(epoch, lr):
    return lr * 0.9


def fall(step):
    return 0.02 / (1 + step)


EXACT = {
    "plateau(patience=1, min_delta=0.1)": "keras.callbacks.ReduceLROnPlateau(",
    "plateau(patience=1, monitor='val_accuracy')": 'mode="max"',
    "plateau(patience=1, min_delta=0.1, warmup_epochs=1)": "class Plateau(",
    "triangular(step_epochs=0.5, warmup_epochs=0.5)": "class ScheduledRate(",
    "exp_range": "def exp_range_factor(",
    "constant(warmup_epochs=1.5)": "warmup_epochs=1.5",
    "one_cycle(cycle_momentum=False, shape='linear')": "def one_cycle_factor(",
    "one_cycle": "class ScheduledMomentum(",
}
ROUNDED = {
    "cosine": "keras.optimizers.schedules.CosineDecay(",
    "cosine(warmup_epochs=1)": "warmup_steps=5",
    "cosine_restarts": "first_decay_steps=5",
    "exponential(staircase=True, decay_epochs=1, decay_rate=0.5)": "staircase=True",
    "step": "boundaries=[7, 11]",
    "piecewise(boundaries=(1, 2), levels=(0.5, 0.1))": "PiecewiseConstantDecay(",
    "polynomial(warmup_epochs=1, power=2)": "WarmUp(",
    "inverse_time": "InverseTimeDecay(",
}


@pytest.mark.parametrize("value", EXACT)
def test_the_script_repeats_the_run_exactly(session, value, tmp_path):
    run = session.run(schedule=value, **OPTIONS)
    text = run.to_code()
    assert_is_plain(text)
    assert EXACT[value] in text
    history = played(run, tmp_path)
    for name, values in run.history.items():
        np.testing.assert_array_equal(np.asarray(history[name], "float32"), values, err_msg=name)


@pytest.mark.parametrize("value", ROUNDED)
def test_the_class_of_keras_is_written(session, value):
    text = session.run(schedule=value, **OPTIONS).to_code()
    assert_is_plain(text)
    assert ROUNDED[value] in text and "float32" in text and "ScheduledRate" not in text


@pytest.mark.parametrize("value", ["cosine(warmup_epochs=1)", "polynomial(warmup_epochs=1, power=2)"])
def test_the_class_of_keras_repeats_the_run(session, value, tmp_path):
    """Its rates are rounded otherwise, by no more than a ten-millionth."""
    run = session.run(schedule=value, **OPTIONS)
    history = played(run, tmp_path)
    for name, values in run.history.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-3, err_msg=name)


OWN = {
    "epoch": (halve, "keras.callbacks.LearningRateScheduler(halve)"),
    "epoch and rate": (shrink, "LearningRateScheduler(shrink)"),
    "step": (fall, "return fall(int(step)) / 0.02"),
    "keras": (keras.optimizers.schedules.InverseTimeDecay(0.02, 1, 1.0), "schedules.InverseTimeDecay(0.02"),
}


@pytest.mark.parametrize("name", OWN)
def test_a_persons_own(session, name, tmp_path):
    function, words = OWN[name]
    session.set("learning_rate", 0.01)
    run = session.run(schedule=function, **{key: value for key, value in OPTIONS.items() if key != "learning_rate"})
    text = run.to_code()
    assert_is_plain(text)
    assert words in text
    history = played(run, tmp_path)
    np.testing.assert_allclose(history["loss"], run.history["loss"], rtol=1e-4)


@pytest.mark.parametrize("function", [shrink, OWN["keras"][0]], ids=["rate", "keras"])
def test_a_persons_own_whose_rate_moves(session, function, tmp_path):
    session.set("learning_rate", 0.01)
    run = changing(session, {4: {"learning_rate": 5e-3}}, schedule=function, epochs=3, batch_size=16)
    assert_is_plain(run.to_code())
    history = played(run, tmp_path)
    for name, values in run.history.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, err_msg=name)


@pytest.mark.parametrize("value", ["plateau(patience=1, min_delta=0.1)", "one_cycle"])
def test_a_run_of_several_parts(session, value, tmp_path):
    """Branched with another batch size, its rate moved by hand, then another schedule."""
    run = session.run(schedule=value, **OPTIONS)
    session.branch(run, 2, epochs=4, batch_size=8)
    session.wait()
    session.branch(session.runs[-1], 4, epochs=2, schedule="triangular")
    session.wait()
    branch = session.runs[-1]
    assert_is_plain(branch.to_code())
    history = played(branch, tmp_path)
    for name, values in branch.history.items():
        np.testing.assert_array_equal(np.asarray(history[name], "float32"), values, err_msg=name)


def test_a_function_without_a_name_is_left_to_its_owner(session):
    run = session.run(schedule=lambda epoch: 0.1 / (1 + epoch), epochs=1, batch_size=16)
    assert "your_schedule" in run.to_code() and "raise NotImplementedError(" in run.to_code()
