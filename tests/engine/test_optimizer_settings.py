"""Settings of an optimizer's own: what fit does with that very optimizer, bit for bit, and what cannot be."""

from __future__ import annotations

from functools import cache

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from kerastune_widget.core.spelling import name_of
from kerastune_widget.engine.optimizers import OptimizerShelf, own_recipe
from kerastune_widget.errors import HyperparameterError
from tests.engine.models import images
from tests.engine.test_settings_controls import (
    EPOCHS,
    OPTIONS,
    assert_equal,
    assert_script_repeats,
    by_fit,
    dense,
    session_of,
    skewed,
)

optimizers = keras.optimizers
ORACLES = {
    "sgd(momentum=0.5, nesterov=True, weight_decay=0.01)": lambda rate: optimizers.SGD(
        rate, momentum=0.5, nesterov=True, weight_decay=0.01
    ),
    "rmsprop(rho=0.7, centered=True)": lambda rate: optimizers.RMSprop(rate, rho=0.7, centered=True),
    "adagrad(initial_accumulator_value=0.5)": lambda rate: optimizers.Adagrad(rate, initial_accumulator_value=0.5),
    "adam(beta_1=0.8, amsgrad=True, clipvalue=0.01)": lambda rate: optimizers.Adam(
        rate, beta_1=0.8, amsgrad=True, clipvalue=0.01
    ),
    "adamw(weight_decay=0.5)": lambda rate: optimizers.AdamW(rate, weight_decay=0.5),
    "adam(use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2)": lambda rate: optimizers.Adam(
        rate, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2
    ),
}
ON_KERAS_LOOP = list(ORACLES)[-2:]
PAIRS = [("graph", value) for value in ORACLES] + [("keras", value) for value in ON_KERAS_LOOP]
RATE = 0.02


@cache
def session(loop):
    return session_of(dense(), skewed(), loop=loop)


@cache
def oracle(value):
    model = dense(optimizer=ORACLES[value](RATE))
    return model, by_fit(model, skewed())


@pytest.mark.parametrize(("loop", "value"), PAIRS)
def test_equal_to_fit_of_a_model_compiled_so(loop, value):
    model, history = oracle(value)
    run = session(loop).run(epochs=EPOCHS, optimizer=value, learning_rate=RATE, **OPTIONS)
    assert_equal(run, model, history)
    assert run.hyperparameters["optimizer"] == value
    assert own_recipe(run.model.optimizer).config == own_recipe(model.optimizer).config


def test_parameters_may_be_given_as_a_dict_and_those_at_their_default_go_without_saying():
    given = {"name": "Adam", "beta_1": 0.8, "beta_2": 0.999, "amsgrad": False}
    assert session("graph").controls["optimizer"].check(given) == "adam(beta_1=0.8)"


SHELF = OptimizerShelf(own_recipe(optimizers.SGD(0.1, momentum=0.6, clipnorm=2.0)))
CHOICES = {choice.value: choice for choice in SHELF.choices()}
OTHER = {"slider": 0.5, "log_slider": 0.25, "integer": 7}


@pytest.mark.parametrize("name", CHOICES)
def test_each_parameter_starts_at_what_it_is_and_reaches_the_constructor(name):
    made = SHELF.recipe(name).make(0.1).get_config()
    for spec in CHOICES[name].parameters:
        assert spec.default == made[spec.name], spec.name
        value = not spec.default if spec.kind == "toggle" else OTHER[spec.kind]
        spelled = f"{name}({spec.name}={spec.check(value)!r})"
        assert SHELF.knows(spelled)
        assert SHELF.recipe(spelled).make(0.1).get_config()[spec.name] == value


def test_your_own_settings_are_the_defaults():
    parameters = {spec.name: spec.default for spec in CHOICES["sgd_momentum"].parameters}
    assert parameters["momentum"] == 0.6
    assert SHELF.recipe("sgd_momentum(momentum=0.7)").config["clipnorm"] == 2.0
    assert SHELF.recipe("sgd_momentum(clipvalue=1.0)").make(0.1).clipnorm is None


def test_an_optimizer_made_by_hand_has_parameters_too():
    value = session("graph")._settings.checked({"optimizer": optimizers.Adam(beta_1=0.7)})["optimizer"]
    spec = session("graph").controls["optimizer"]
    assert spec.parameters_of(value)["beta_1"] == 0.7
    changed = spec.with_parameters(value, beta_2=0.9)
    assert name_of(changed) == value
    made = session("graph")._shelf.recipe(changed).make(0.1)
    assert (made.beta_1, made.beta_2) == (0.7, 0.9)


REFUSED = {
    "adam(momentum=0.9)": "has no parameter 'momentum'",
    "sgd(momentum=1.5)": "momentum must be a number from 0 to 1",
    "adam(beta_1=1.0)": "beta_1 must be",
    "adam(clipvalue=1, global_clipnorm=1)": "Only one of",
    "adam(beta_1=__import__('os'))": "must be one of",
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_cannot_be_is_refused(value):
    with pytest.raises(HyperparameterError, match=REFUSED[value].replace("(", r"\(")):
        session("graph").start(optimizer=value)
    assert not session("graph").training


def test_changed_in_mid_run_branched_logged_loaded_and_written(tmp_path):
    log = {"log_dir": tmp_path / "log"}
    first = session_of(dense(), skewed(), **log)
    run = first.run(epochs=2, optimizer="adam(beta_1=0.8)", **OPTIONS)
    branched = first.branch(run, 1, epochs=1, optimizer="sgd_momentum(momentum=0.5)", learning_rate=0.05)
    first.wait()
    assert branched.model.optimizer.momentum == 0.5
    before = {one.number: (one.to_code(), one.weights) for one in first.runs}
    first.close()
    again = kt.Session.load(log["log_dir"], dense(), skewed(), validation_data=images(30, seed=1), probe=False)
    for one in again.runs:
        code, weights = before[one.number]
        assert one.to_code() == code
        for ours, theirs in zip(one.weights, weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert_script_repeats(again.runs[1], tmp_path / "script")
    again.continue_run(1, run=2)
    again.wait()
    assert again.runs[1].epochs == 3 and again.runs[1].model.optimizer.momentum == 0.5
    again.close()
    assert "keras.optimizers.SGD(learning_rate=0.05, momentum=0.5)" in before[2][0]
    reader = kt.Session.load(log["log_dir"])
    assert reader.runs[0].model.optimizer.beta_1 == 0.8
