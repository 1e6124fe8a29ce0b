"""Models with something special about them: what a copy, a schedule or a frozen layer must not lose."""

from __future__ import annotations

import threading
import time

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core.events import RunEnded
from tests.engine.models import dense, images, sequential

X, Y = images()


def equal(weights, others):
    return all(np.array_equal(a, b) for a, b in zip(weights, others, strict=True))


def test_a_normalization_that_was_adapted_still_normalizes():
    normalization = layers.Normalization()
    normalization.adapt(X * 50 + 300)
    model = sequential(normalization, layers.Dense(8, activation="relu"))
    expected = model.evaluate(X * 50 + 300, Y, verbose=0)[0]
    run = kt.Session(model, (X * 50 + 300, Y)).run(epochs=1, learning_rate=1e-12, batch_size=70)
    assert run.steps["loss"][0] == pytest.approx(expected, rel=1e-4)
    assert run.model.evaluate(X * 50 + 300, Y, verbose=0)[0] == pytest.approx(expected, rel=1e-4)


def test_a_vocabulary_that_was_adapted_is_kept():
    lookup = layers.IntegerLookup()
    lookup.adapt(np.array([10, 20, 30]))
    model = keras.Sequential([keras.Input((1,), dtype="int64"), lookup, layers.Embedding(4, 4), layers.Flatten()])
    model.add(layers.Dense(4, activation="softmax"))
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    values = np.array([[10], [20], [30], [99]] * 10)
    assert kt.Session(model, (values, np.arange(40) % 4)).run(epochs=1).status == "finished"


def test_a_new_start_leaves_frozen_layers_alone():
    base = layers.Dense(8, activation="relu")
    model = sequential(base)
    base.trainable = False
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    run = kt.Session(model, (X, Y)).run(epochs=1, start="new")
    assert equal(run.start_weights[:2], base.get_weights())
    assert not np.array_equal(run.start_weights[2], model.get_weights()[2])


def test_dropout_with_a_call_of_its_own_is_left_alone():
    class MonteCarlo(layers.Dropout):
        def call(self, inputs):
            return super().call(inputs, training=True)

    session = kt.Session(sequential(layers.Dense(8), MonteCarlo(0.4, seed=1)), (X, Y))
    assert session.controls["dropout"].parts == ()


def test_a_warm_up_that_begins_at_zero():
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=10)
    session = kt.Session(dense(optimizer=keras.optimizers.SGD(schedule)), (X, Y))
    run = session.run(epochs=2)
    np.testing.assert_allclose(run.learning_rates, [float(schedule(step)) for step in range(6)], rtol=1e-6)
    assert session.settings.learning_rate > 0


def test_a_rate_given_as_a_function():
    session = kt.Session(dense(optimizer=keras.optimizers.SGD(lambda: 0.25)), (X, Y))
    assert set(session.run(epochs=1).learning_rates) == {0.25}


def test_defaults_stay_those_of_the_moment_it_was_wrapped():
    model = dense()
    session = kt.Session(model, (X, Y))
    before = session.run(epochs=1)
    model.optimizer.learning_rate = 0.7
    model.fit(X, Y, epochs=1, verbose=0)
    assert equal(session.run(epochs=1).weights, before.weights)


def test_an_optimizer_brings_its_schedule_or_none():
    decay = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    plain = kt.Session(dense(), (X, Y))
    run = plain.run(epochs=1, optimizer=keras.optimizers.SGD(decay))
    np.testing.assert_allclose(run.learning_rates, [0.5, 0.25, 0.125])
    scheduled = kt.Session(dense(optimizer=keras.optimizers.SGD(decay)), (X, Y))
    assert set(scheduled.run(epochs=1, optimizer=keras.optimizers.SGD(0.25)).learning_rates) == {0.25}


def test_an_optimizer_that_keras_ships_keeps_its_name():
    session = kt.Session(dense(), (X, Y))
    assert session.run(epochs=1, optimizer=keras.optimizers.RMSprop()).hyperparameters.optimizer == "rmsprop"


def test_the_trained_copy_is_saved_with_the_optimizer_that_trained_it(tmp_path):
    model = kt.Session(dense(), (X, Y)).run(epochs=1, optimizer="sgd", learning_rate=0.5).model
    model.save(tmp_path / "trained.keras")
    loaded = keras.saving.load_model(tmp_path / "trained.keras")
    assert isinstance(loaded.optimizer, keras.optimizers.SGD)
    assert float(loaded.optimizer.learning_rate) == 0.5


def test_inserted_dropout_keeps_clear_of_the_logits():
    model = keras.Sequential([keras.Input((64,)), layers.Dense(8, activation="relu"), layers.Dense(4)])
    model.add(layers.Activation("softmax"))
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    run = kt.Session(model, (X, Y)).run(epochs=1, dropout=0.5)
    assert [type(layer).__name__ for layer in run.model.layers] == ["Dense", "Dropout", "Dense", "Activation"]


def test_a_fixed_batch_size_is_taken_from_the_model():
    model = keras.Sequential([keras.Input(batch_shape=(8, 8, 8)), layers.LSTM(4, stateful=True), layers.Dense(1)])
    model.compile("sgd", loss="mse")
    session = kt.Session(model, (X[:64].reshape(64, 8, 8), Y[:64].astype("float32")))
    assert session.run(epochs=1).hyperparameters.batch_size == 8
    with pytest.raises(kt.HyperparameterError, match="batches of 8"):
        session.run(batch_size=16)


def test_a_disabled_control_refuses_with_its_reason():
    model = keras.Sequential([keras.Input((64,)), layers.Dense(4, activation="softmax")])
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    with pytest.raises(kt.HyperparameterError, match="no hidden layer"):
        kt.Session(model, (X, Y)).run(dropout=0.5)


def test_a_run_that_raises_anything_leaves_the_session_usable():
    class Exits(keras.Sequential):
        def train_step(self, data):
            raise SystemExit("enough")

    model = Exits([keras.Input((64,)), layers.Dense(4, activation="softmax")])
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    session = kt.Session(model, (X, Y))
    run = session.start(epochs=1)
    assert session.wait(60) and run.status == "failed" and not session.training


def test_going_on_from_the_end_of_a_run_is_waited_for():
    session = kt.Session(dense(), (X, Y))
    again = []

    def go_on_once(event):
        if not again:
            again.append(session.continue_run(epochs=2))

    with session.events.subscribe(RunEnded, go_on_once):
        session.start(epochs=1)
        deadline = time.monotonic() + 60
        while (not again or session.training) and time.monotonic() < deadline:
            session.wait(1)
    assert again[0].status == "finished" and again[0].epochs == 3
    session.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kerastune-run")]


def test_stop_acts_during_a_long_evaluation_on_the_keras_loop():
    class Validation(keras.utils.PyDataset):
        def __init__(self):
            super().__init__()
            self.armed = False

        def __len__(self):
            return 500

        def __getitem__(self, index):
            if self.armed:
                session.stop()
                time.sleep(0.06)
            return X[:8], Y[:8]

    validation = Validation()
    session = kt.Session(dense(), (X, Y), validation_data=validation)
    validation.armed = True
    started = time.monotonic()
    run = session.run(epochs=1)
    assert run.status == "stopped" and time.monotonic() - started < 25
