"""The audit names the right cause on planted traps, is silent on clean models, and leaves everything as it was."""

from __future__ import annotations

import functools
import random
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core.events import AuditEnded, AuditEvent, AuditMoved, AuditStarted, RunPaused
from kerastune_widget.engine.audit import making
from kerastune_widget.engine.audit.check import all_checks
from kerastune_widget.engine.audit.rereading import Reading, compare_readings, reading_of
from kerastune_widget.engine.dataset import ArrayData
from kerastune_widget.errors import DataError, HyperparameterError, NotAModelError, SessionBusyError

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(24, 6)).astype("float32"), RANDOM.integers(0, 3, 24)
SERIES = RANDOM.normal(size=(24, 8, 2)).astype("float32")
NEXT = RANDOM.normal(size=(24, 1)).astype("float32")


def compiled(model, loss="sparse_categorical_crossentropy"):
    model.compile("adam", loss, metrics=["accuracy"] if loss.startswith("sparse") else None)
    return model


def classifier(*hidden):
    keras.utils.set_random_seed(0)
    return compiled(keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3, activation="softmax")]))


def forecaster(*hidden, steps=None, batch=None):
    keras.utils.set_random_seed(0)
    inputs = keras.Input(batch_shape=(batch, steps, 2))
    return compiled(keras.Sequential([inputs, *hidden, layers.Dense(1)]), "mse")


class Forced(layers.Layer):
    """Calls a layer in training mode whatever it is told."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def build(self, shape):
        if not self.inner.built:
            self.inner.build(shape)

    def call(self, x):
        return self.inner(x, training=True)

    def get_config(self):
        return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("inner")), **config)


class Shift(layers.Layer):
    """Keeps what it was told after it was made where no file looks."""

    amount = 0.0

    def adapt(self, x):
        self.amount = float(np.abs(x).mean())

    def call(self, x):
        return x + self.amount


class Jitter(layers.Layer):
    """Augments from a generator that no seed reaches."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = np.random.default_rng()

    def call(self, x, training=None):
        return x + self.generator.normal(size=x.shape[1:]).astype("float32") if training else x


class TensorFlowNoise(layers.Layer):
    """Draws from TensorFlow's own generator, in training only."""

    def call(self, x, training=None):
        return x + tf.random.uniform(tf.shape(x)) if training else x


class BatchMean(layers.Layer):
    """Mixes the rows of a batch."""

    def call(self, x):
        return x - keras.ops.mean(x, axis=0, keepdims=True)


class Counting(layers.Layer):
    """Moves a variable of its own at every call."""

    def build(self, shape):
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, x):
        self.count.assign(self.count + 1.0)
        return x + self.count


class Sampling(keras.Sequential):
    """Predicts in training mode by a step of its own."""

    def predict_step(self, data):
        return self(data[0], training=True)


def sampling():
    keras.utils.set_random_seed(0)
    return compiled(Sampling([keras.Input((6,)), layers.Dropout(0.5, name="dropout"), layers.Dense(3)]), "mse")


def monte_carlo():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    hidden = layers.Dropout(0.5, name="dropout")(layers.Dense(8)(inputs), training=True)
    return compiled(keras.Model(inputs, layers.Dense(3, activation="softmax")(hidden)))


def shifted():
    shift = Shift(name="shift")
    model = classifier(shift)
    shift.adapt(X)
    return model


def split():
    order = np.random.permutation(len(X))
    return (X[order[6:]], Y[order[6:]]), (X[order[:6]], Y[order[:6]])


def augmented():
    noisy = X + np.random.default_rng().normal(size=X.shape).astype("float32")
    return noisy, Y


class Flipped(keras.utils.PyDataset):
    """A stream that changes its rows from pass to pass."""

    num_batches = 3

    def __getitem__(self, place):
        rows = slice(8 * place, 8 * place + 8)
        return X[rows] * np.random.default_rng().choice([-1, 1], size=(8, 1)).astype("float32"), Y[rows]


TRAPS = {
    "dropout in a layer": (lambda: classifier(Forced(layers.Dropout(0.5, name="dropout"))), (X, Y)),
    "dropout in the graph": (monte_carlo, (X, Y)),
    "dropout in predict_step": (sampling, (X, X[:, :3])),
    "noise": (lambda: classifier(Forced(layers.GaussianNoise(0.5, name="noise"))), (X, Y)),
    "stateful": (lambda: forecaster(layers.LSTM(4, stateful=True, name="lstm"), steps=8, batch=4), (SERIES, NEXT)),
    "counting": (lambda: classifier(Counting(name="counting")), (X, Y)),
    "augmentation in a layer": (lambda: classifier(Jitter(name="jitter")), (X, Y)),
    "augmentation in a function": (classifier, augmented),
    "augmentation in a stream": (classifier, Flipped()),
    "TensorFlow's generator": (lambda: classifier(TensorFlowNoise(name="noise")), (X, Y)),
    "batch norm": (lambda: classifier(Forced(layers.BatchNormalization(name="norm"))), (X, Y)),
    "batch mean": (lambda: classifier(BatchMean(name="mean")), (X, Y)),
    "split": (classifier, split),
    "state": (shifted, (X, Y)),
    "time steps": (lambda: forecaster(layers.LSTM(4, name="lstm")), (SERIES, NEXT)),
}
CLEAN = {
    "dense": lambda: (
        classifier(layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3)),
        (X, Y),
    ),
    "convolutional": lambda: (
        classifier(
            layers.Reshape((2, 3, 1)), layers.RandomFlip(seed=1), layers.Conv2D(4, 2, padding="same"), layers.Flatten()
        ),
        (X, Y),
    ),
    "recurrent": lambda: (forecaster(layers.LSTM(4, dropout=0.2), steps=8), (SERIES, NEXT)),
}


@functools.cache
def audit_of(trap):
    make, data = TRAPS[trap]
    options = {"validation_data": (SERIES[:, 4:], NEXT)} if trap == "time steps" else {}
    return kt.audit(make(), data, rows=12, **options)


@functools.cache
def clean_audit(name):
    return kt.audit(*CLEAN[name](), rows=12)


@pytest.mark.parametrize(
    ("trap", "check", "names", "words"),
    [
        ("dropout in a layer", "predict_twice", ("dropout",), "training=True"),
        ("dropout in the graph", "predict_twice", ("dropout",), "training=True"),
        ("dropout in predict_step", "predict_twice", ("dropout",), "training=True"),
        ("noise", "predict_twice", ("noise",), "draws new random numbers"),
        ("stateful", "predict_twice", ("lstm",), "stateful=True"),
        ("stateful", "row_order", ("lstm",), "from batch to batch"),
        ("counting", "predict_twice", ("counting",), "variables of its own whenever it is called"),
        ("augmentation in a layer", "train_twice", ("jitter",), "no seed of the model governs"),
        ("augmentation in a function", "data_twice", (), "unseeded augmentation"),
        ("augmentation in a stream", "data_twice", (), "unseeded augmentation"),
        ("TensorFlow's generator", "graph_operations", ("noise",), "RandomUniform"),
        ("TensorFlow's generator", "train_twice", ("noise",), "TensorFlow"),
        ("batch norm", "batch_size", ("norm",), "mean and variance of the batch"),
        ("batch mean", "batch_size", ("mean",), "rows of a batch act on each other"),
        ("split", "data_twice", (), "The split differs"),
        ("state", "save_and_load", ("shift",), "amount"),
        ("time steps", "time_steps", ("lstm",), "Training sequences have 8 time steps, validation sequences 4"),
    ],
)
def test_a_trap_is_found_and_its_cause_named(trap, check, names, words) -> None:
    found = audit_of(trap).find(check)
    assert found is not None and found.is_finding, audit_of(trap)
    assert found.layers == names
    assert words in found.cause.get("en")
    assert found.fix.en and found.fix.zh and found.cause.zh


@pytest.mark.parametrize(
    ("trap", "others"),
    [
        ("stateful", {"predict_twice", "row_order"}),
        ("augmentation in a layer", {"train_twice"}),
        ("augmentation in a function", {"data_twice"}),
        ("TensorFlow's generator", {"train_twice", "graph_operations"}),
        ("batch norm", {"batch_size"}),
        ("split", {"data_twice"}),
        ("state", {"save_and_load"}),
        ("time steps", {"time_steps"}),
    ],
)
def test_nothing_else_is_blamed(trap, others) -> None:
    assert {finding.name for finding in audit_of(trap).findings} == others, audit_of(trap)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_model_is_left_in_peace(name) -> None:
    audit = clean_audit(name)
    assert audit.findings == (), audit
    assert [check.name for check in audit.checks] == list(all_checks())
    failed = [check.cause.get("en") for check in audit.checks if "could not be made" in check.cause.en]
    assert failed == []


def test_layers_that_act_in_training_only_are_told_but_no_finding() -> None:
    found = clean_audit("dense").find("training_mode")
    assert found.verdict == "different" and found.expected
    assert [name.split("_")[0] for name in found.layers] == ["batch", "dropout"]
    assert all(size > 0.01 for size in found.evidence.values())


def test_state_that_moves_is_not_taken_for_training_mode() -> None:
    hidden = layers.LSTM(4, stateful=True, name="lstm"), layers.Dropout(0.5, name="dropout")
    found = kt.audit(forecaster(*hidden, steps=8, batch=4), (SERIES, NEXT), checks=["training_mode"]).checks[0]
    assert found.layers == ("dropout",)


def test_a_batch_of_one_differs_by_rounding_at_most() -> None:
    found = clean_audit("convolutional").find("batch_size")
    assert found.verdict in ("equal", "rounding") and found.size < 1e-5


def test_an_open_length_is_told_but_no_finding_unless_it_is_asked_for() -> None:
    model = forecaster(layers.GRU(4, name="gru"))
    told = kt.audit(model, (SERIES, NEXT), rows=4, checks=["time_steps"]).find("time_steps")
    asked = kt.audit(model, (SERIES, NEXT), rows=4, checks=["time_steps"], time_steps=12).find("time_steps")
    assert (told.verdict, told.expected, told.evidence["other"]) == ("different", True, 4)
    assert (asked.verdict, asked.is_finding, asked.layers) == ("different", True, ("gru",))


@pytest.mark.parametrize(("draw", "words"), [(np.random.permutation, "shared generator"), (None, "of its own")])
def test_a_function_is_told_which_generator_it_draws_from(draw, words) -> None:
    def shuffled():
        order = (draw or np.random.default_rng().permutation)(len(X))
        return X[order], Y[order]

    state = np.random.get_state()[1].copy()
    found = kt.audit(classifier(), shuffled, checks=["data_twice"]).find("data_twice")
    assert found.is_finding and "another order" in found.cause.en and words in found.cause.en
    np.random.set_state(("MT19937", state, *np.random.get_state()[2:]))


def test_an_unseeded_initial_weight_is_named() -> None:
    def build():
        model = classifier(layers.Dense(4, name="odd"))
        model.layers[0].set_weights([np.random.default_rng().normal(size=(6, 4)), np.zeros(4)])
        return model

    found = kt.audit(build, (X, Y), rows=4, checks=["train_twice"]).find("train_twice")
    assert found.is_finding and found.layers == ("odd",) and "initial weights" in found.cause.en


def steep(x):
    return keras.ops.tanh(3 * x)


def test_functions_of_ones_own_are_no_finding_but_told() -> None:
    model = classifier(layers.Dense(4, activation=steep), layers.Dropout(0.5, seed=1))
    audit = kt.audit(model, (X, Y), rows=4, checks=["save_and_load", "train_twice"])
    assert audit.findings == () and {check.verdict for check in audit.checks} <= {"equal", "rounding"}, audit
    assert "custom_objects={...} for steep" in audit.find("save_and_load").cause.get("en")


class Unloadable(layers.Layer):
    """Cannot be made of its configuration."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, x):
        return x

    def get_config(self):
        return super().get_config()


def test_what_cannot_be_loaded_is_laid_to_layers_of_ones_own_only() -> None:
    model = classifier(layers.Dense(6, activation=steep, name="plain"), Unloadable(3, name="own"))
    found = kt.audit(model, (X, Y), rows=4, checks=["save_and_load"]).find("save_and_load")
    assert found.is_finding and found.layers == ("own",) and "get_config()" in found.fix.en


# ---------------------------------------------------------------- readings


def rows(*numbers):
    return reading_of(ArrayData(np.array(numbers, float)[:, None], np.array(numbers)))


def eye(*numbers):
    return reading_of(ArrayData(np.eye(2)[list(numbers)], np.arange(2)))


def cut(*numbers, targets=()):
    return Reading(np.array(numbers), np.array(targets), stream=True, cut=True)


@pytest.mark.parametrize(
    ("first", "second", "what", "share"),
    [
        ([rows(1, 2, 3)], [rows(1, 2, 3)], "none", 0),
        ([rows(1, 2, 3)], [rows(1, 3, 2)], "order", 2 / 3),
        ([rows(1, 2, 3), rows(4, 5)], [rows(1, 2, 4), rows(3, 5)], "sides", 0.5),
        ([rows(1, 2, 3, 4)], [rows(1, 2, 3, 9)], "rows", 0.25),
        ([rows(1, 2)], [rows(8, 9)], "values", 1),
        ([rows(1, 2)], [rows(1, 2, 3)], "shapes", 1),
        ([eye(0, 1)], [eye(0, 0)], "values", 0.5),
        ([cut(1, 2, 3, 4)], [cut(1, 2, 3, 4)], "none", 0),
        ([cut(1, 2, 3, 4)], [cut(7, 2, 8, 9)], "order", 0.75),
        ([cut(1, 2)], [cut(8, 9)], "unsure", 1),
        ([cut(1, 2, targets=[0, 1])], [cut(8, 9, targets=[0, 1])], "values", 1),
        ([cut(1, 2, targets=[0, 0])], [cut(8, 9, targets=[0, 0])], "unsure", 1),
        ([cut(1, 2), rows(4, 5, 6)], [cut(2, 1), rows(4, 5, 7)], "rows", 1 / 3),
    ],
)
def test_two_readings_are_told_apart(first, second, what, share) -> None:
    assert compare_readings(first, second) == (what, pytest.approx(share))


def test_a_stream_that_shuffles_and_changes_rows_is_not_taken_for_a_split() -> None:
    first = ArrayData(np.arange(4.0), np.array([0, 0, 1, 1]))
    second = ArrayData(np.array([-3.0, 2.0, 1.0, -0.5]), np.array([1, 1, 0, 0]))
    compared = {
        stream: compare_readings([reading_of(first, stream=stream)], [reading_of(second, stream=stream)])[0]
        for stream in (True, False)
    }
    assert compared == {True: "values", False: "rows"}


def shuffled_stream(rows=24):
    x, y = np.resize(X, (rows, 6)) + np.arange(rows, dtype="float32")[:, None], np.resize(Y, rows)
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(rows).batch(8)


def padded(lengths):
    series = [([[float(n), 1.0]] * n, [float(n)]) for n in lengths]
    spec = tf.TensorSpec((None, 2)), tf.TensorSpec((1,))
    return tf.data.Dataset.from_generator(lambda: iter(series), output_signature=spec)


@pytest.mark.parametrize("most", [4096, 16])
@pytest.mark.parametrize("give", [lambda: shuffled_stream(), lambda: shuffled_stream], ids=["stream", "function"])
def test_a_shuffled_stream_is_as_it_should_be_however_long(give, most, monkeypatch) -> None:
    monkeypatch.setattr(making, "MOST_ROWS", most)
    found = kt.audit(classifier(), give(), checks=["data_twice"]).find("data_twice")
    assert (found.verdict, found.expected) == ("different", True)


def test_reading_a_stream_ends_at_a_number_of_bytes(monkeypatch) -> None:
    read = []

    def batches():
        for place in range(20):
            read.append(place)
            yield X[:8], Y[:8]

    spec = tf.TensorSpec((8, 6)), tf.TensorSpec((8,), tf.int64)
    stream = tf.data.Dataset.from_generator(batches, output_signature=spec)
    monkeypatch.setattr(making, "MOST_BYTES", 100)
    kt.audit(classifier(), stream, checks=["data_twice"])
    assert read and max(read) < 9


def test_padded_batches_of_other_lengths_are_no_finding() -> None:
    training = padded([3, 5, 4, 2, 7, 6]).shuffle(6).padded_batch(2)
    model = forecaster(layers.Masking(), layers.LSTM(3, name="lstm"))
    checks = ["data_twice", "time_steps"]
    audit = kt.audit(model, training, validation_data=padded([4, 2, 9]).padded_batch(3), rows=4, checks=checks)
    assert [(check.verdict, check.expected) for check in audit.checks] == [("different", True)] * 2, audit


# ---------------------------------------------------------------- everything is as before


def state_of(model):
    return [np.array(variable) for variable in (*model.variables, *model.optimizer.variables)]


def test_the_model_is_left_exactly_as_it_was() -> None:
    model = classifier(Forced(layers.BatchNormalization()), Forced(layers.Dropout(0.5)), Counting())
    model.fit(X, Y, epochs=1, verbose=0)
    before, call = state_of(model), keras.layers.Layer.__call__
    drawn, step = np.random.get_state()[1].copy(), model.train_function
    python = random.getstate()
    kt.audit(model, (X, Y), rows=6)
    assert random.getstate() == python
    for old, new in zip(before, state_of(model), strict=True):
        np.testing.assert_array_equal(old, new)
    assert keras.layers.Layer.__call__ is call
    assert model.train_function is step and np.array_equal(np.random.get_state()[1], drawn)


def test_a_model_that_is_not_compiled_is_audited_but_for_training() -> None:
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
    audit = kt.audit(model, (X, Y), rows=4, checks=["predict_twice", "train_twice"])
    assert [check.verdict for check in audit.checks] == ["equal", "skipped"]
    assert "not compiled" in audit.checks[1].cause.get("en")


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((lambda: 3, (X, Y)), {}, NotAModelError, "int"),
        (("model", (X, Y)), {}, NotAModelError, "str"),
        ((None, (X[:, :4], Y)), {}, DataError, "rows of shape"),
        ((None, (X, Y)), {"rows": 1}, HyperparameterError, "rows must be 2 or more"),
        ((None, (X, Y)), {"time_steps": [0]}, HyperparameterError, "time_steps"),
        ((None, (X, Y)), {"checks": ["predict_twise"]}, HyperparameterError, "predict_twice"),
    ],
)
def test_what_cannot_be_audited_is_refused(arguments, options, error, words) -> None:
    model, data = arguments
    with pytest.raises(error, match=words):
        kt.audit(classifier() if model is None else model, data, **options)


# ---------------------------------------------------------------- in a session


@pytest.fixture(scope="module")
def session():
    model = forecaster(layers.LSTM(4, stateful=True, name="lstm"), steps=8, batch=4)
    made = kt.Session(model, (SERIES, NEXT))
    yield made
    made.close()


def test_a_session_audits_in_the_background_and_tells(session) -> None:
    heard = []
    with session.events.subscribe(AuditEvent, lambda event: heard.append(type(event))):
        audit = session.start_audit(rows=4, checks=["predict_twice", "batch_size"])
        with pytest.raises(SessionBusyError, match="Audit 1"):
            session.start()
        session.wait()
    assert heard == [AuditStarted, AuditMoved, AuditMoved, AuditEnded]
    assert audit.ended and audit.error is None and session.audits == (audit,)
    assert [check.verdict for check in audit.checks] == ["different", "skipped"]
    assert "“dropout”" not in audit.report("zh") and "lstm" in audit.report("zh")
    assert "1 of 2 checks found" in str(audit) and "<li>" in audit._repr_html_()


def test_stop_ends_it_between_checks(session) -> None:
    with session.events.subscribe(AuditMoved, lambda event: session.stop()):
        audit = session.audit(rows=4)
    assert len(audit.checks) == 1 and audit.ended and not session.training


def test_an_audit_does_not_wait_for_a_run_that_is_paused(session) -> None:
    paused = threading.Event()
    try:
        with session.events.subscribe(RunPaused, lambda event: paused.set()):
            session.start(epochs=1000)
            session.pause()
            assert paused.wait(60)
        with pytest.raises(SessionBusyError, match="paused"):
            kt.audit(classifier(), (X, Y), rows=4, checks=["predict_twice"])
    finally:
        session.stop()
        session.wait()
    assert kt.audit(classifier(), (X, Y), rows=4, checks=["predict_twice"]).findings == ()
