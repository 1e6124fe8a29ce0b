"""A session's runs: starts, settings, live changes, pausing, stopping, going on, failing."""

from __future__ import annotations

import threading
import time

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget import errors
from kerastune_widget.core.events import (
    Event,
    RunEnded,
    RunQueued,
    RunRequested,
    RunStarted,
    SettingChanged,
    StepsEnded,
)
from kerastune_widget.engine.optimizers import shipped_optimizers
from tests.engine.models import dense, dropout, images, lstm, scheduled, sequential


@pytest.fixture(scope="module")
def session():
    """One warm session for the tests that leave nothing behind."""
    keras.utils.set_random_seed(0)
    return kt.Session(dropout(), images(), validation_split=0.2)


def collect(session, kind=Event):
    seen = []
    return seen, session.events.subscribe(kind, seen.append)


def equal(weights, others):
    return all(np.array_equal(a, b) for a, b in zip(weights, others, strict=True))


def test_defaults_come_from_the_compiled_model():
    settings = kt.Session(lstm(), images()).settings
    assert (settings.learning_rate, settings.optimizer, settings.batch_size) == (0.01, "adam", 32)
    assert list(settings.dropout.values()) == [0.2, 0.1]
    assert all(name.endswith(("dropout", "recurrent_dropout")) for name in settings.dropout)


def test_a_run_keeps_what_it_was_started_with(session):
    run = session.run(epochs=2, learning_rate=0.02, batch_size=20, optimizer="SGD", dropout=0.1, seed=3)
    others = {name: spec.default for name, spec in session.controls.items()}
    assert dict(run.hyperparameters) == {
        **others,
        "learning_rate": 0.02,
        "batch_size": 20,
        "optimizer": "sgd",
        "dropout": 0.1,
        "epochs": 2,
        "seed": 3,
        "start": "same",
        "shuffle": True,
    }
    assert run.status == "finished" and run.epochs == 2
    assert len(run.steps["loss"]) == len(run.learning_rates) == 2 * 3
    assert set(run.learning_rates) == {np.float32(0.02)}
    assert session.settings.learning_rate == 0.01, "arguments of one run are not the next one's defaults"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"learnign_rate": 0.1}, "Did you mean 'learning_rate'"),
        ({"optimizer": "adamm"}, "Did you mean 'adam'"),
        ({"epochs": 0}, "whole number from 1"),
        ({"batch_size": 2.5}, "whole number from 1 to"),
        ({"learning_rate": float("nan")}, "number from"),
        ({"dropout": {"dropot": 0.1}}, "can be set for"),
        ({"start": "warm"}, "must be one of"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_nearest_right_one(session, given, sentence):
    runs = len(session.runs)
    with pytest.raises(kt.HyperparameterError, match=sentence.replace("(", r"\(")):
        session.run(**given)
    assert len(session.runs) == runs


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_any_batch_size_above_the_rows_is_all_of_them(loop):
    session = kt.Session(dense(), images(40), loop=loop, probe=False)
    rows, some, most = (session.run(epochs=1, batch_size=size) for size in (40, 70_001, 10**9))
    assert len(some.steps["loss"]) == len(most.steps["loss"]) == 1 and equal(some.weights, most.weights)
    assert rows.history["loss"] == pytest.approx(most.history["loss"])


def test_same_seed_same_numbers_other_seed_other_numbers(session):
    first, second, third = (session.run(epochs=2, seed=seed) for seed in (1, 1, 2))
    assert equal(first.weights, second.weights)
    assert not equal(first.weights, third.weights)
    assert equal(first.start_weights, third.start_weights)


def test_starts():
    keras.utils.set_random_seed(0)
    model = dropout()
    session = kt.Session(model, images())
    own = session.run(epochs=1)
    assert equal(own.start_weights, model.get_weights())
    new = session.run(epochs=1, start="new")
    assert not equal(new.start_weights, own.start_weights)
    assert new.hyperparameters.seed == own.hyperparameters.seed + 1, "a new start takes a new seed unless told one"
    same = session.run(epochs=1, start="same")
    assert equal(same.start_weights, new.start_weights)
    assert equal(session.run(epochs=1, start="model").start_weights, own.start_weights)
    again = session.run(epochs=1, start="new", seed=new.hyperparameters.seed)
    assert equal(again.start_weights, new.start_weights)


@pytest.mark.parametrize("optimizer", shipped_optimizers())
def test_every_optimizer_trains_and_starts_fresh_each_time(session, optimizer):
    first, second = (session.run(epochs=2, optimizer=optimizer, seed=0) for _ in range(2))
    assert np.isfinite(first.history["loss"]).all()
    assert equal(first.weights, second.weights)


def test_the_users_own_optimizer_settings_are_kept():
    model = dense(optimizer=keras.optimizers.Adam(1e-2, beta_1=0.5, clipnorm=0.3))
    session = kt.Session(model, images())
    assert session.run(epochs=1).model.optimizer.beta_1 == 0.5
    other = session.run(epochs=1, optimizer="rmsprop").model.optimizer
    assert other.clipnorm == 0.3, "clipping is another knob"
    given = session.run(epochs=1, optimizer=keras.optimizers.Adam(0.5, beta_1=0.8))
    assert given.model.optimizer.beta_1 == 0.8 and given.hyperparameters.learning_rate == 0.5


def test_live_changes_are_applied_and_recorded():
    session = kt.Session(dropout(), images(640))
    changes, handle = collect(session, SettingChanged)
    sent = threading.Event()

    def change_once(event):
        if not sent.is_set():
            sent.set()
            for name, value in {"learning_rate": 0.5, "dropout": 0.6, "batch_size": 64, "optimizer": "sgd"}.items():
                session.set(name, value)

    with handle, session.events.subscribe(StepsEnded, change_once):
        run = session.run(epochs=3)
    assert [(c.name, c.old, c.new) for c in run.changes[:2]] == [("learning_rate", 0.01, 0.5), ("dropout", 0.3, 0.6)]
    epoch_changes = {c.name: c for c in run.changes[2:]}
    assert {name: c.epoch for name, c in epoch_changes.items()} == {"batch_size": 1, "optimizer": 1}
    step = run.changes[0].step
    assert 0 < step < 20 and set(run.learning_rates[:step]) == {np.float32(0.01)}
    assert set(run.learning_rates[step:]) == {np.float32(0.5)}
    assert len(run.steps["loss"]) == 20 + 2 * 10
    assert len(changes) == 4
    assert session.settings.optimizer == "sgd"


def test_dropout_acts_on_the_next_step_and_equals_a_model_built_with_that_rate():
    keras.utils.set_random_seed(0)
    session = kt.Session(dropout(), images())
    moved = session.run(epochs=2, dropout=0.5)
    keras.utils.set_random_seed(0)
    model = sequential(layers.Dense(16, activation="relu"), layers.Dropout(0.5, seed=7))
    assert equal(moved.weights, kt.Session(model, images()).run(epochs=2).weights)
    assert moved.model.layers[1].rate == 0.5


def test_dropout_is_inserted_only_when_asked():
    keras.utils.set_random_seed(0)
    session = kt.Session(sequential(layers.Dense(8, activation="relu"), layers.Dense(6, activation="relu")), images())
    assert session.controls["dropout"].optional and session.settings.dropout is None
    plain = session.run(epochs=1)
    dropped = session.run(epochs=1, dropout=0.4)
    names = [type(layer).__name__ for layer in dropped.model.layers]
    assert names == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert [type(layer).__name__ for layer in plain.model.layers] == ["Dense"] * 3
    assert not equal(plain.weights, dropped.weights) and equal(plain.start_weights, dropped.start_weights)


def test_the_rate_multiplies_a_schedule_of_the_users_own():
    session = kt.Session(scheduled(), images())
    plain, tenfold = session.run(epochs=2), session.run(epochs=2, learning_rate=0.1)
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=3, decay_rate=0.8)
    expected = [float(schedule(step)) for step in range(len(plain.learning_rates))]
    np.testing.assert_allclose(plain.learning_rates, expected, rtol=1e-6)
    np.testing.assert_allclose(tenfold.learning_rates, 10 * np.array(expected), rtol=1e-6)


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_stop_on_the_last_step_of_an_epoch_keeps_the_epoch(loop):
    session = kt.Session(dense(), images(32), validation_split=0.5, loop=loop)
    with session.events.subscribe(StepsEnded, lambda event: session.stop()):
        run = session.run(epochs=4, batch_size=16)
    assert run.status == "stopped" and run.epochs == 1 and np.isfinite(run.history["loss"]).all()
    session.continue_run(epochs=1)
    assert session.wait(60) and run.epochs == 2 and np.isfinite(run.history["val_loss"][-1])


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_stop_and_continue_give_what_one_run_gives(loop):
    keras.utils.set_random_seed(0)
    session = kt.Session(dropout(), images(1280), validation_split=0.1, loop=loop)
    whole = session.run(epochs=3, batch_size=4)
    stopped = threading.Event()

    def stop_in_the_middle(event):
        if event.epoch == 1 and not stopped.is_set():
            stopped.set()
            session.stop()

    with session.events.subscribe(StepsEnded, stop_in_the_middle):
        run = session.run(epochs=3, batch_size=4)
    assert run.status == "stopped" and run.epochs == 1 and 288 < len(run.steps["loss"]) < 576
    assert session.continue_run(epochs=2) is run
    assert session.wait(60)
    assert run.status == "finished" and run.epochs == 3
    assert equal(run.weights, whole.weights)
    np.testing.assert_array_equal(run.history["val_loss"], whole.history["val_loss"])


def test_pause_holds_and_resume_goes_on(session):
    paused = threading.Event()

    def pause_once(event):
        if not paused.is_set():
            paused.set()
            session.pause()

    with session.events.subscribe(StepsEnded, pause_once):
        run = session.start(epochs=3, seed=1)
        assert paused.wait(30)
        deadline = time.monotonic() + 30
        while run.status != "paused" and time.monotonic() < deadline:
            time.sleep(0.01)
        held = len(run.steps["loss"])
        time.sleep(0.2)
        assert run.status == "paused" and len(run.steps["loss"]) == held
        session.resume()
        assert session.wait(60)
    assert run.status == "finished"
    assert equal(run.weights, session.run(epochs=3, seed=1).weights)


def test_stop_during_a_pause(session):
    session.pause()
    run = session.start(epochs=50)
    session.pause()
    session.stop()
    assert session.wait(60) and run.status == "stopped"


def test_only_one_run_at_a_time_in_a_session(session):
    session.start(epochs=10_000)
    with pytest.raises(errors.SessionBusyError, match="stop") as caught:
        session.start()
    assert "次运行尚未结束。" in caught.value.text.get("zh")
    session.stop()
    assert session.wait(60)


def test_a_second_session_waits_for_its_turn(session):
    other = kt.Session(dense(), images())
    queued, handle = collect(other, RunQueued)
    first = session.start(epochs=10_000)
    with handle:
        second = other.start(epochs=1)
        deadline = time.monotonic() + 30
        while not queued and time.monotonic() < deadline:
            time.sleep(0.01)
        assert queued and second.status == "waiting" and first.status in ("waiting", "running")
        session.stop()
        assert other.wait(60)
    assert second.status == "finished"


def test_a_failing_run_ends_with_its_message_and_costs_nothing_else(session):
    good = session.run(epochs=1)

    def break_once(tunable, value):
        raise ZeroDivisionError("the teacher divided by zero")

    control = session._settings.controls["shuffle"]
    session._settings.controls["shuffle"] = type(control)(control.name, control.order, control.specify, break_once)
    try:
        with pytest.raises(errors.RunError, match="divided by zero") as caught:
            session.run(epochs=1)
    finally:
        session._settings.controls["shuffle"] = control
    failed = session.runs[-1]
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert failed.status == "failed" and "ZeroDivisionError" in failed.traceback
    assert good.model is not None
    assert session.run(epochs=1).status == "finished"


def test_a_loss_that_is_no_longer_finite_ends_the_run():
    x, y = images()
    model = keras.Sequential([keras.Input((64,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e6), loss="mse")
    run = kt.Session(model, (x, y)).run(epochs=200)
    assert run.status == "diverged" and not np.isfinite(run.steps["loss"][-1])
    names = [finding.name for finding in run.findings]
    assert names[0] == "learning-rate-too-high" and "diverging" in names


def test_events_of_a_run_come_in_order(session):
    seen, handle = collect(session)
    with handle:
        session.run(epochs=2)
    assert [type(event) for event in seen[:2]] == [RunRequested, RunStarted] and isinstance(seen[-1], RunEnded)
    steps = [event for event in seen if isinstance(event, StepsEnded)]
    ends = np.cumsum([len(event.values["loss"]) for event in steps])
    assert [event.first_step for event in steps] == [0, *ends[:-1]]


def test_a_failing_subscriber_never_stops_training(session):
    with session.events.subscribe(StepsEnded, lambda event: 1 / 0):
        assert session.run(epochs=1).status == "finished"


def test_close_ends_the_thread_and_the_session():
    session = kt.Session(dense(), images())
    run = session.start(epochs=100_000)
    session.close()
    assert run.status == "stopped"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kerastune-run")]
    with pytest.raises(errors.SessionBusyError, match="closed"):
        session.start()
