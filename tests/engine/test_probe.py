"""The probe against eager TensorFlow and NumPy, and the promise that it moves nothing."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core import signals
from kerastune_widget.engine import run_probe
from kerastune_widget.engine.dataset import ArrayData
from kerastune_widget.engine.probe import Probe, ProbeRows
from kerastune_widget.engine.run_probe import RunProbe
from tests.engine.models import CASES, OwnStep, dense, functional, images, sequential, two_inputs_and_outputs


def looked_at(model, data, seed=0, **options):
    """What the probe sees, and the rows that it looked at."""
    rows = ProbeRows(ArrayData(*data), seed)
    probe = Probe(model, lambda: rows, **options)
    found = probe.measure()
    assert found is not None, probe.reason
    return found, rows


def norm(arrays):
    return np.sqrt(sum(np.square(np.asarray(array, np.float64)).sum() for array in arrays))


def everything(model):
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]


@pytest.fixture(scope="module")
def trained():
    """A model with a bit of everything that a look in training mode would move."""
    keras.utils.set_random_seed(0)
    model = sequential(
        layers.Dense(16, activation="relu", name="first"),
        layers.BatchNormalization(name="norm"),
        layers.Dropout(0.5),
        layers.Dense(8, activation="tanh", name="second", kernel_regularizer="l2"),
    )
    model.fit(*images(), epochs=1, verbose=0)
    return model


@pytest.fixture(scope="module")
def seen(trained):
    return looked_at(trained, images())


def test_gradients_are_those_of_the_loss_in_inference_mode(trained, seen):
    found, rows = seen
    x, y = rows.batch
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, trained(x, training=False))
        penalty = 0.01 * tf.reduce_sum(tf.square(trained.get_layer("second").kernel))
        loss = tf.reduce_mean(losses) + penalty
    named = {name: trained.get_layer(name).trainable_weights for name in ("first", "norm", "second")}
    gradients = tape.gradient(loss, {name: [w.value for w in weights] for name, weights in named.items()})
    for name, weights in named.items():
        assert found[signals.GRADIENT_NORM][name] == pytest.approx(norm(gradients[name]), rel=1e-4)
        flat = np.concatenate([np.abs(gradient).ravel() for gradient in gradients[name]])
        assert found[signals.GRADIENT_MEAN][name] == pytest.approx(flat.mean(), rel=1e-4)
        assert found[signals.WEIGHT_NORM][name] == pytest.approx(norm(weights), rel=1e-5)
    assert found[signals.GRADIENT_ZEROS]["first"] == pytest.approx(np.mean(gradients["first"][0] == 0))
    assert "norm" not in found[signals.GRADIENT_ZEROS] and np.isnan(found[signals.UPDATE_RATIO]["first"])


def test_activations_are_those_of_each_layer(trained, seen):
    found, rows = seen
    outputs = rows.batch[0]
    for layer in trained.layers:
        outputs = keras.ops.convert_to_numpy(layer(outputs, training=False))
        if layer.name in ("first", "second"):
            assert found[signals.ACTIVATION_MEAN][layer.name] == pytest.approx(outputs.mean(), rel=1e-4)
            assert found[signals.ACTIVATION_SPREAD][layer.name] == pytest.approx(outputs.std(), rel=1e-4)
            assert found[signals.UNIT_SPREAD][layer.name] == pytest.approx(outputs.std(axis=0).mean(), rel=1e-4)
        if layer.name == "second":
            assert found[signals.SATURATED] == {"second": pytest.approx(np.mean(np.abs(outputs) > 0.9))}
        if layer.name == "first":
            assert found[signals.DEAD_UNITS] == {"first": pytest.approx(np.mean((outputs == 0).all(axis=0)))}


def test_the_sample_is_judged_as_evaluate_does(trained, seen):
    found, rows = seen
    loss, accuracy = trained.evaluate(*rows.sample, verbose=0)
    assert found[signals.INFERENCE_LOSS][signals.MODEL] == pytest.approx(loss, rel=1e-5)
    assert found[signals.INFERENCE_ACCURACY][signals.MODEL] == pytest.approx(accuracy, rel=1e-5)
    chosen = trained.predict(rows.sample[0], verbose=0).argmax(-1)
    commonest = np.bincount(chosen).max() / len(chosen)
    assert found[signals.COMMONEST_PREDICTION][signals.MODEL] == pytest.approx(commonest)


def test_looking_changes_no_variable(trained):
    before = everything(trained)
    looked_at(trained, images())
    for now, then in zip(everything(trained), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("name", ["several inputs and outputs", "LSTM", "own metric"])
def test_state_that_keras_moves_even_then_is_put_back(name):
    model = CASES[name].model()
    model.optimizer.build(model.trainable_variables)
    model.evaluate(*CASES[name].data()[:2], verbose=0)
    generators = [one.state for layer in model._flatten_layers() for one in layer._seed_generators]
    before = everything(model), [np.array(state.numpy()) for state in generators]
    looked_at(model, CASES[name].data())
    for now, then in zip(everything(model), before[0], strict=True):
        np.testing.assert_array_equal(now, then)
    for state, then in zip(generators, before[1], strict=True):
        np.testing.assert_array_equal(state.numpy(), then)


def test_dead_and_saturated_layers_are_seen_as_such():
    model = sequential(
        layers.Dense(8, activation="relu", name="dead", bias_initializer=keras.initializers.Constant(-1e3)),
        layers.Dense(8, activation="sigmoid", name="stuck", bias_initializer=keras.initializers.Constant(9.0)),
    )
    found, _ = looked_at(model, images())
    assert found[signals.DEAD_UNITS] == {"dead": 1.0} and found[signals.SATURATED] == {"stuck": 1.0}
    assert found[signals.GRADIENT_ZEROS]["dead"] == 1.0 and found[signals.UNIT_SPREAD]["stuck"] < 1e-6
    assert found[signals.COMMONEST_PREDICTION][signals.MODEL] == 1.0


@pytest.mark.parametrize("columns", [1, 2])
def test_regression_has_the_spread_of_its_predictions(columns):
    model = keras.Sequential([keras.Input((64,)), layers.Dense(columns)])
    model.compile("sgd", "mse")
    x, _ = images()
    y = np.random.default_rng(0).normal(size=(len(x), columns)).astype("float32")
    found, rows = looked_at(model, (x, y[:, 0] if columns == 1 else y))
    spreads = [
        array.reshape(len(array), -1).var(0).mean() ** 0.5 for array in (model(rows.sample[0]).numpy(), rows.sample[1])
    ]
    assert found[signals.PREDICTION_SPREAD][signals.MODEL] == pytest.approx(spreads[0] / spreads[1], rel=1e-4)
    assert signals.INFERENCE_ACCURACY not in found


@pytest.mark.parametrize("logits", [False, True])
def test_two_classes_in_one_column(logits):
    model = keras.Sequential([keras.Input((64,)), layers.Dense(1, activation=None if logits else "sigmoid")])
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=logits))
    x, y = images()
    found, rows = looked_at(model, (x, (y > 1).astype("float32")))
    chosen = model(rows.sample[0]).numpy()[:, 0] > (0 if logits else 0.5)
    assert found[signals.INFERENCE_ACCURACY][signals.MODEL] == pytest.approx(np.mean(chosen == rows.sample[1]))


def test_one_hot_targets():
    model = dense(loss="categorical_crossentropy")
    x, y = images()
    found, rows = looked_at(model, (x, np.eye(4, dtype="float32")[y]))
    chosen = model(rows.sample[0]).numpy().argmax(-1)
    right = np.mean(chosen == rows.sample[1].argmax(-1))
    assert found[signals.INFERENCE_ACCURACY][signals.MODEL] == pytest.approx(right)


def test_several_outputs_have_a_loss_but_no_accuracy():
    model, data = functional(), two_inputs_and_outputs()
    model.evaluate(*data, verbose=0)
    found, _ = looked_at(model, data)
    assert set(found[signals.GRADIENT_NORM]) == {"kind", "size", next(iter(found[signals.GRADIENT_NORM]))}
    assert signals.MODEL in found[signals.INFERENCE_LOSS] and signals.INFERENCE_ACCURACY not in found


def test_nested_and_subclassed_models_are_opened():
    inner = keras.Sequential([keras.Input((64,)), layers.Dense(8, activation="relu", name="deep")], name="inner")
    found, _ = looked_at(sequential(inner), images())
    assert "inner/deep" in found[signals.DEAD_UNITS] and "inner/deep" in found[signals.GRADIENT_NORM]
    model = CASES["subclassed"].model()
    model(images()[0][:2])
    found, _ = looked_at(model, images())
    assert len(found[signals.GRADIENT_NORM]) == len(found[signals.UNIT_SPREAD]) == 2


def test_a_layer_used_twice_shows_its_first_outputs():
    shared = layers.Dense(64, name="shared")
    inputs = keras.Input((64,))
    model = keras.Model(inputs, shared(shared(inputs)))
    model.compile("sgd", "mse")
    x, _ = images()
    found, rows = looked_at(model, (x, x))
    assert found[signals.ACTIVATION_MEAN]["shared"] == pytest.approx(shared(rows.batch[0]).numpy().mean(), rel=1e-3)


def test_a_seed_fixes_the_rows():
    data = ArrayData(*images(300))
    one, again, other = (ProbeRows(data, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.sample[0], again.sample[0])
    assert not np.array_equal(one.sample[0], other.sample[0])
    np.testing.assert_array_equal(one.batch[0], one.sample[0][:64])
    assert len(one.sample[0]) == 256 and len(ProbeRows(data, 0, fixed_size=8).sample[0]) == 8


class Counting(layers.Layer):
    """Counts how often it was called, in any mode."""

    def build(self, shape):
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs):
        self.calls.assign_add(1.0)
        return inputs


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: sequential(Counting()), "change its state"),
        (lambda: dense(run_eagerly=True), "eagerly"),
        (CASES["own train_step"].model, "train_step"),
    ],
)
def test_what_cannot_be_probed_is_left_alone_and_says_why(make, why):
    model = make()
    before = everything(model)
    probe = Probe(model, lambda: ProbeRows(ArrayData(*images()), 0))
    assert probe.measure() is None and probe.off and why in probe.reason.en
    assert all(np.array_equal(now, then) for now, then in zip(everything(model), before, strict=True))


def test_whatever_fails_turns_it_off_and_leaves_the_weights(monkeypatch):
    model = sequential()
    before = everything(model)
    rows = lambda: ProbeRows(ArrayData(*images()), 0)  # noqa: E731
    probe = Probe(model, rows)
    start = [np.zeros_like(weight) for weight in probe.all_weights()]
    assert probe.measure_at([start[0], np.zeros(99)]) is None and probe.off and "cannot look" in probe.reason.en
    assert all(np.array_equal(now, then) for now, then in zip(everything(model), before, strict=True))
    monkeypatch.setattr("kerastune_widget.engine.probe.trained", lambda model: 1 / 0)
    probe = Probe(model, rows)
    assert probe.weights() is None and probe.off and "ZeroDivisionError" in probe.reason.en


def test_an_unprobed_run_trains_as_ever():
    session = kt.Session(CASES["own train_step"].model, images())
    assert isinstance(session.run(epochs=1).model, OwnStep) and session.runs[0].record().signals == {}


# ---------------------------------------------------------------- in a run


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_a_run_is_the_same_with_and_without_it(loop):
    runs = []
    for probe in (True, False):
        keras.utils.set_random_seed(0)
        model = sequential(layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3, seed=1))
        session = kt.Session(model, images(), validation_split=0.2, loop=loop, probe=probe)
        runs.append([session.run(epochs=2, batch_size=16), session.run(epochs=2, batch_size=16, start="new")])
    for ours, theirs in zip(*runs, strict=True):
        assert ours.record().signals and not theirs.record().signals
        assert repr(ours.history) == repr(theirs.history)
        np.testing.assert_array_equal(ours.steps["loss"], theirs.steps["loss"])
        for one, other in zip(ours.end.state.weights, theirs.end.state.weights, strict=True):
            np.testing.assert_array_equal(one, other)
        for one, other in zip(ours.end.state.seeds, theirs.end.state.seeds, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def session():
    keras.utils.set_random_seed(0)
    made = kt.Session(dense(optimizer=keras.optimizers.SGD(0.1)), images())
    made.run(epochs=2, batch_size=70)
    return made


def test_the_start_is_measured_on_the_starting_weights(session):
    """Also in the first run, where tracing waits until the first step was drawn."""
    run = session.find(1)
    start = session._template.fresh(0)
    start.set_weights(run.start_weights)
    assert start.evaluate(*images(), verbose=0)[0] == pytest.approx(
        run.record().signal(signals.INFERENCE_LOSS)[signals.MODEL][0], rel=1e-5
    )


def test_the_update_is_that_of_the_last_step(session):
    first = session.find(1)
    again = session.run(epochs=1, batch_size=70)  # one epoch is one step
    layer = next(iter(first.record().signals[signals.UPDATE_RATIO]))
    start, end = again.start_weights[:2], again.weights[:2]
    moved = norm([now - then for now, then in zip(end, start, strict=True)]) / norm(end)
    ratios = again.record().signal(signals.UPDATE_RATIO)[layer]
    assert np.isnan(ratios[0]) and ratios[1] == pytest.approx(moved, rel=1e-4)


def test_a_branch_takes_the_signals_over_and_goes_on(session):
    first = session.find(1)
    branch = session.branch(first, 1, epochs=1)
    session.wait()
    for signal, found in branch.record().signals.items():
        for layer, values in found.items():
            assert len(values) == 3
            assert repr(values[:2]) == repr(first.record().signals[signal][layer][:2])
    assert not any(np.isnan(values[2]) for values in branch.record().signal(signals.WEIGHT_NORM).values())


def test_a_run_that_goes_on_with_a_model_built_again_keeps_its_names_of_layers(tmp_path):
    """Keras calls the layers of a second model otherwise: dense_1, not dense."""
    session = kt.Session(dense(), images(), log_dir=tmp_path)
    first = session.run(epochs=1, batch_size=70)
    names = [layer.name for layer in first.record().model.layers]
    session.close()
    session = kt.Session(dense(), images(), log_dir=tmp_path)
    again = session.continue_run(1)
    branch = session.branch(again, 1, epochs=1) if session.wait() else None
    session.wait()
    session.close()
    for run in (again, branch):
        record = run.record()
        assert [layer.name for layer in record.model.layers] == names
        assert list(record.signal(signals.WEIGHT_NORM)) == names
        assert not any(np.isnan(values).any() for values in record.signal(signals.WEIGHT_NORM).values())


def test_model_and_data_are_described(session):
    record = session.find(1).record()
    assert [layer.activation for layer in record.model.layers] == ["relu", "softmax"]
    assert set(record.signals[signals.WEIGHT_NORM]) == {layer.name for layer in record.model.layers}
    assert record.data.rows == 70 and record.data.targets[0].classes == 4


def test_runs_that_differ_in_their_seed_only_are_repeats(session):
    before = session.run(epochs=1, batch_size=64, seed=1)
    assert "repeats" not in before.record().facts
    other = session.run(epochs=1, batch_size=64, seed=2)
    session.run(epochs=1, batch_size=32, seed=3)
    losses = before.history["loss"][-1], other.history["loss"][-1]
    assert before.record().facts["repeats"] == list(losses) == other.record().facts["repeats"][::-1]


# ---------------------------------------------------------------- what it may cost


class Clock:
    """Time that passes only when something says so."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds


class SlowProbe:
    """Stands in for a warm probe whose looks take a given time."""

    off, ready, cost, seconds_per_epoch = False, True, None, None

    def __init__(self, clock, seconds):
        self._clock, self._seconds, self.spent = clock, seconds, 0.0

    def weights(self):
        return []

    def measure(self, before=None):
        self._clock.pass_by(self._seconds)
        self.spent += self._seconds
        return {signals.INFERENCE_LOSS: {signals.MODEL: 1.0}}


def probed_epochs(monkeypatch, *, epochs, seconds, cost):
    """Which epochs of a second run are probed, and the share of its time that this takes."""
    clock = Clock()
    monkeypatch.setattr(run_probe, "time", clock)
    probe, told = SlowProbe(clock, cost), []
    for _ in range(2):
        told.clear()
        probe.spent, began = 0.0, clock.now
        run = RunProbe(probe, 1, told.append)
        run.begin()
        for epoch in range(epochs):
            before_last = run.choose(clock.now - began, epochs - epoch)
            clock.pass_by(seconds)
            if before_last is not None:
                before_last()
            run.epoch_ended(epoch + 1)
    return [event.epochs for event in told], probe.spent / (clock.now - began)


def test_a_cheap_probe_looks_after_every_epoch(monkeypatch):
    told, share = probed_epochs(monkeypatch, epochs=50, seconds=1.0, cost=0.01)
    assert told == list(range(51)) and share < 0.03


@pytest.mark.parametrize(("epochs", "cost"), [(100, 0.1), (100, 1.0), (1000, 0.3), (20, 0.05)])
def test_a_dear_one_thins_itself_out(monkeypatch, epochs, cost):
    told, share = probed_epochs(monkeypatch, epochs=epochs, seconds=1.0, cost=cost)
    assert told[0] == 0 and told[-1] == epochs
    assert len(told) > 2 and share <= 0.03


def test_start_and_end_are_always_probed(monkeypatch):
    told, _ = probed_epochs(monkeypatch, epochs=4, seconds=1.0, cost=5.0)
    assert told == [0, 4]
