"""``kt.diagnose`` with model and data: a look into the network afterwards, which changes nothing."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from tests.engine.models import images

X, Y = images()


def compiled(*hidden):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(X.shape[1:]), layers.Flatten(), *hidden, layers.Dense(4, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def born_dead():
    """A model whose hidden units are dead from the start, and its history."""
    model = compiled(layers.Dense(8, "relu", bias_initializer=keras.initializers.Constant(-50.0)))
    return model, model.fit(X, Y, epochs=5, verbose=0)


def test_dead_units_are_found_after_a_plain_fit(born_dead):
    model, history = born_dead
    assert kt.diagnose(history, model=model, data=(X, Y))[0].name == "dying-relu"
    assert kt.diagnose(history, data=((X[:-20], Y[:-20]), (X[-20:], Y[-20:])))[0].name == "dying-relu"


def test_and_before_any_training(born_dead):
    assert "dying-relu" in {
        finding.name for finding in kt.diagnose(model=compiled(*born_dead[0].layers[1:2]), data=(X, Y))
    }


def test_looking_changes_nothing(born_dead):
    model, history = born_dead
    before = [np.array(variable) for variable in (*model.variables, *model.optimizer.variables)]
    kt.diagnose(history, model=model, data=(X, Y))
    for old, variable in zip(before, (*model.variables, *model.optimizer.variables), strict=True):
        np.testing.assert_array_equal(old, variable.numpy(), err_msg=variable.path)


@pytest.mark.parametrize("data", [None, "nothing", (X, None), (np.array(["a", "b"]), np.array([0, 1])), (X[:, :2], Y)])
def test_what_cannot_be_looked_at_leaves_the_curves(born_dead, data):
    model, history = born_dead
    names = {finding.name for finding in kt.diagnose(history, model=model, data=data)}
    assert names and "dying-relu" not in names


def test_a_model_that_is_not_built_stays_so():
    model = keras.Sequential([layers.Flatten(), layers.Dense(4, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    kt.diagnose({"loss": [2.0, 1.5, 1.2, 1.0]}, model=model, data=(X, Y))
    assert not model.built and not model.weights


def test_looking_is_silent_however_the_data_are_packed(born_dead, recwarn):
    model, history = born_dead
    kt.diagnose(history, model=model, data=([X], [Y]))
    assert not [warning for warning in recwarn if "structure" in str(warning.message)]
