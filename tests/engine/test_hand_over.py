"""Hand-over: the same numbers as two calls of fit with two optimizers, once in a run, and in its script."""

from __future__ import annotations

from functools import cache

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from kerastune_widget.core.events import EpochEnded
from kerastune_widget.core.improvement import stalled_after
from kerastune_widget.errors import HyperparameterError
from tests.engine.models import images
from tests.engine.test_settings_controls import (
    OPTIONS,
    assert_equal,
    assert_script_repeats,
    by_fit,
    dense,
    session_of,
    skewed,
)

RATE, LATER = 0.1, 0.05
AT_EPOCH = f"sgd_momentum(epoch=2, learning_rate={LATER})"
AT_STALL = f"sgd_momentum(when='stall', patience=1, learning_rate={LATER})"
EPOCHS, STALLING = 4, 12


@cache
def by_two_fits(first, epochs):
    """The oracle: compile with Adam, fit, compile with SGD, fit the rest."""
    model = dense(optimizer=keras.optimizers.Adam(RATE))
    histories = [by_fit(model, skewed(), epochs=first)]
    model.compile(keras.optimizers.SGD(LATER, momentum=0.9), model.loss, metrics=["accuracy"])
    histories.append(by_fit(model, skewed(), epochs=epochs, initial_epoch=first))
    return model, {name: histories[0][name] + histories[1][name] for name in histories[0]}


@cache
def stall():
    """After how many epochs Adam alone stalls."""
    history = by_fit(dense(optimizer=keras.optimizers.Adam(RATE)), skewed(), epochs=STALLING)
    return stalled_after("val_loss", history["val_loss"], 1)


@pytest.fixture(scope="module", params=["graph", "keras"])
def both(request):
    """A session for each loop; what a loop has no part in is tested on one of them."""
    yield from adams(request.param)


@pytest.fixture(scope="module")
def session():
    yield from adams("graph")


def adams(loop):
    session = session_of(dense(), skewed(), loop=loop)
    session.set("optimizer", "adam")
    session.set("learning_rate", RATE)
    yield session
    session.close()


def handed_over(run):
    return [(change.epoch, change.new) for change in run.changes if change.name == "optimizer"]


def test_only_what_its_moment_needs_is_shown(session):
    spec = session.controls["hand_over"]
    asked = {}
    for value in ("sgd", "sgd(when='stall')"):
        values = spec.parameters_of(spec.check(value))
        asked[values["when"]] = [one.name for one in spec.choices[0].parameters if one.acts_beside(values)]
    watching = ["when", "patience", "monitor", "min_delta", "learning_rate"]
    assert asked == {"epoch": ["when", "epoch", "learning_rate"], "stall": watching}


def test_at_an_epoch_it_equals_two_fits(both):
    run = both.run(epochs=EPOCHS, hand_over=AT_EPOCH, **OPTIONS)
    assert_equal(run, *by_two_fits(2, EPOCHS))
    assert handed_over(run) == [(2, "sgd_momentum")]
    assert [change.new for change in run.changes if change.name == "learning_rate"] == [LATER]
    assert run.final_settings["hand_over"] == AT_EPOCH and run.hyperparameters["optimizer"] == "adam"


def test_when_the_validation_loss_stalls_it_equals_two_fits(both):
    at = stall()
    assert 2 <= at < STALLING - 1
    run = both.run(epochs=at + 2, hand_over=AT_STALL, **OPTIONS)
    assert_equal(run, *by_two_fits(at, at + 2))
    assert handed_over(run) == [(at, "sgd_momentum")]


@pytest.mark.parametrize("first", [1, 2, 3])
def test_a_run_that_is_continued_hands_over_once(session, first):
    run = session.run(epochs=first, hand_over=AT_EPOCH, **OPTIONS)
    session.continue_run(EPOCHS - first)
    session.wait()
    assert handed_over(run) == [(2, "sgd_momentum")]
    for ours, theirs in zip(run.weights, by_two_fits(2, EPOCHS)[0].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("epoch", ["before", "at", "after"])
def test_a_branch_hands_over_once_and_where_its_run_did(session, epoch):
    at = stall()
    run = session.run(epochs=at + 2, hand_over=AT_STALL, **OPTIONS)
    begins = at + {"before": -1, "at": 0, "after": 1}[epoch]
    branch = session.branch(run, begins, epochs=at + 2 - begins)
    session.wait()
    assert handed_over(branch) == [(at, "sgd_momentum")]
    for ours, theirs in zip(branch.weights, run.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_read_from_its_log_hands_over_where_it_would_have(tmp_path):
    at = stall()
    first = session_of(dense(), skewed(), log_dir=tmp_path)
    first.run(epochs=at, optimizer="adam", learning_rate=RATE, hand_over=AT_STALL, **OPTIONS)
    first.close()
    again = kt.Session.load(tmp_path, dense(), skewed(), validation_data=images(30, seed=1))
    run = again.continue_run(2)
    again.wait()
    assert_equal(run, *by_two_fits(at, at + 2))
    again.close()


def test_what_a_branch_names_itself_is_what_it_goes_on_with(session):
    run = session.run(epochs=2, hand_over=AT_EPOCH, **OPTIONS)
    branch = session.branch(run, 2, epochs=1, optimizer="nadam")
    session.wait()
    assert handed_over(branch) == [(2, "nadam")]


def test_it_can_be_asked_for_while_training(session):
    def ask(event):
        if event.epoch == 0:
            session.set("hand_over", AT_EPOCH)

    with session.events.subscribe(EpochEnded, ask):
        run = session.run(epochs=EPOCHS, **OPTIONS)
    session.set("hand_over", None)
    assert handed_over(run) == [(2, "sgd_momentum")]
    assert [change.epoch for change in run.changes if change.name == "hand_over"] == [1]


def test_a_stall_before_it_was_asked_for_does_not_count(session):
    at = stall()
    run = session.run(epochs=at, **OPTIONS)
    branch = session.branch(run, at, epochs=1, hand_over=AT_STALL)
    session.wait()
    assert handed_over(branch) == []


def test_an_optimizer_made_by_hand_brings_its_rate(session):
    run = session.run(epochs=6, hand_over=keras.optimizers.SGD(LATER, momentum=0.8), **OPTIONS)
    assert [epoch for epoch, _ in handed_over(run)] == [5]
    assert (run.model.optimizer.momentum, run.final_settings["learning_rate"]) == (0.8, LATER)


def test_its_script_repeats_it(session, tmp_path):
    run = session.run(epochs=stall() + 2, hand_over=AT_STALL, **OPTIONS)
    assert f"From epoch {stall() + 1} on: optimizer sgd_momentum instead of adam" in run.to_code()
    assert_script_repeats(run, tmp_path)


def test_the_script_of_a_run_that_has_not_begun_hands_over_as_planned():
    session = session_of(dense(), skewed())  # of its own, for a run that never ends is left in it
    planned = session._maker.fresh(session._values_with({"epochs": 3, "hand_over": AT_EPOCH, "optimizer": "adam"}))
    assert "From epoch 3 on: optimizer sgd_momentum instead of adam" in planned.to_code()
    session.close()


REFUSED = {
    "sgd(epoch=0)": "epoch must be a whole number from 1",
    "sgd(when='never')": "when must be one of",
    "sgd(monitor='val_auc')": "monitor must be one of",
    "adam(beta_1=0.5)": "has no parameter 'beta_1'",
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_cannot_be_is_refused(session, value):
    with pytest.raises(HyperparameterError, match=REFUSED[value]):
        session.start(hand_over=value)
