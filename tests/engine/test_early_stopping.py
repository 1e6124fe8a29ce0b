"""Early stopping: what Keras's own callback does, whatever it watches; and in the script."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import keras
import pytest

from kerastune_widget.core.metric_direction import direction
from kerastune_widget.errors import HyperparameterError
from tests.engine.models import CASES
from tests.engine.test_settings_controls import (
    OPTIONS,
    assert_equal,
    assert_script_repeats,
    by_fit,
    dense,
    session_of,
    skewed,
)

EPOCHS, RATE = 25, 0.1
ORACLES = {
    "accuracy": (
        {"monitor": "val_accuracy", "mode": "auto", "patience": 2, "restore_best_weights": True},
        {"monitor": "val_accuracy", "early_stopping": 2},
    ),
    "least improvement": (
        {"monitor": "val_loss", "min_delta": 0.05, "patience": 3, "restore_best_weights": True},
        {"min_delta": 0.05, "early_stopping": 3},
    ),
    "least improvement of what is to rise": (
        {"monitor": "accuracy", "min_delta": 0.1, "patience": 2, "restore_best_weights": True},
        {"monitor": "accuracy", "min_delta": 0.1, "early_stopping": 2},
    ),
    "the last weights": (
        {"monitor": "val_loss", "patience": 2},
        {"restore_best": False, "early_stopping": 2},
    ),
}


@cache
def oracle(name):
    model = dense(optimizer=keras.optimizers.Adam(RATE))
    callback = keras.callbacks.EarlyStopping(**ORACLES[name][0])
    history = by_fit(model, skewed(), epochs=EPOCHS, callbacks=[callback])
    return model, history


@pytest.fixture(scope="module", params=["graph", "keras"])
def both(request):
    """A session for each loop; what a loop has no part in is tested on one of them."""
    yield from quick(request.param)


@pytest.fixture(scope="module")
def session():
    yield from quick("graph")


def quick(loop):
    session = session_of(dense(), skewed(), loop=loop)
    session.set("learning_rate", RATE)
    yield session
    session.close()


@pytest.mark.parametrize("name", ORACLES)
def test_equal_to_the_callback_of_keras(both, name):
    model, history = oracle(name)
    assert 1 < len(history["loss"]) < EPOCHS, "it must stop early to tell anything"
    run = both.run(epochs=EPOCHS, **ORACLES[name][1], **OPTIONS)
    assert_equal(run, model, history)
    assert run.status == "finished"


@pytest.mark.parametrize("name", ["least improvement of what is to rise", "the last weights"])
def test_the_script_has_the_callback_and_repeats_the_run(session, name, tmp_path):
    run = session.run(epochs=EPOCHS, **ORACLES[name][1], **OPTIONS)
    code = run.to_code()
    assert "keras.callbacks.EarlyStopping(" in code and f"EPOCHS = {EPOCHS}" in code
    assert ("restore_best_weights=True" in code) == ("restore_best_weights" in ORACLES[name][0])
    assert_script_repeats(run, tmp_path)


def test_another_metric_on_the_way_begins_anew(session, tmp_path):
    run = session.run(epochs=2, early_stopping=5, monitor="val_accuracy", **OPTIONS)
    branch = session.branch(run, 1, epochs=EPOCHS, monitor="loss", min_delta=0.02, early_stopping=2)
    session.wait()
    assert branch.epochs < EPOCHS
    assert_script_repeats(branch, tmp_path)


def test_it_is_shown_with_early_stopping():
    controls = session_of(dense()).controls
    assert [name for name, spec in controls.items() if spec.shown_with] == ["monitor", "min_delta", "restore_best"]
    assert {spec.shown_with for spec in controls.values()} == {"", "early_stopping"}


def test_without_validation_data_the_loss_is_watched():
    controls = session_of(dense(), validation_data=None).controls
    assert controls["monitor"].default == "loss"
    assert [choice.value for choice in controls["monitor"].choices] == ["loss", "accuracy"]
    with pytest.raises(HyperparameterError, match="one of"):
        controls["monitor"].check("val_loss")


LOGGED = ["several inputs and outputs", "sample weights", "own metric"]


@pytest.mark.parametrize("name", LOGGED)
def test_what_can_be_watched_is_what_keras_logs(name):
    case = CASES[name]
    model, data = case.model(), case.data()[:2]
    session = session_of(model, data, validation_data=data)
    offered = {choice.value for choice in session.controls["monitor"].choices}
    session.close()
    logged = set(model.fit(*data, validation_data=data, verbose=0).history)
    assert offered <= logged
    assert {one for one in logged if direction(one) and not one.endswith(("kind_loss", "size_loss"))} == offered


def kinds_with_a_direction():
    """The metrics of which Keras knows which way is better, and that can be made without arguments."""
    for kind in vars(keras.metrics).values():
        if isinstance(kind, type) and kind not in (keras.metrics.Metric, keras.metrics.Mean, keras.metrics.Sum):
            with suppress(TypeError):
                metric = kind()
                if getattr(metric, "_direction", None):
                    yield metric.name, metric._direction


def test_the_better_way_is_that_of_keras():
    """Keras's own names go the same way here, so that ``mode="auto"`` there is what we write into a script."""
    theirs = dict(kinds_with_a_direction())
    assert len(theirs) > 20
    assert {name: direction(name) for name in theirs} == theirs
