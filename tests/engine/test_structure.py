"""Controls that change the model itself: the copy that trains is the one that a person would have built by hand."""

from __future__ import annotations

import runpy
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core.comparison import compare
from kerastune_widget.engine.dataset import ArrayData, StreamData
from kerastune_widget.engine.structure_input import normalization_statistics
from kerastune_widget.errors import HyperparameterError, ModelError

ROWS, CLASSES = 40, 3
STEPS = {"epochs": 2, "batch_size": 16, "shuffle": False}
ALL = {"normalization": True, "output": "matched", "initializer": "he"}


def raw():
    """Features of very different scales, classes in a column: nothing that the model below is made for."""
    generator = np.random.default_rng(0)
    y = generator.integers(0, CLASSES, (ROWS, 1))
    x = generator.normal(size=(ROWS, 5)) * [1, 10, 100, 0.1, 5] + y + [0, 50, -300, 2, 0]
    return x.astype("float32"), y


def body(*, units=1, activation="linear", first=()):
    return [
        keras.Input((5,)),
        *first,
        layers.Dense(6, activation="relu"),
        layers.Dense(units, activation=activation),
    ]


def compiled(model, loss="mse", **options):
    model.compile(keras.optimizers.Adam(1e-2), loss=loss, **options)
    return model


def mistaken():
    """One sigmoid unit judged by squared error, for three classes."""
    keras.utils.set_random_seed(1)
    return compiled(keras.Sequential(body(activation="sigmoid")), metrics=["accuracy", "mae"])


def functional():
    """The same as a graph, its activation in a layer of its own."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((5,), name="features")
    hidden = layers.Dense(6, activation="tanh")(inputs)
    joined = layers.Concatenate()([hidden, layers.Dropout(0.2, seed=3)(inputs)])
    outputs = layers.Activation("relu", name="last")(layers.Dense(CLASSES)(joined))
    return compiled(keras.Model({"features": inputs}, outputs), metrics=[keras.metrics.CategoricalAccuracy()])


def session_of(model, **options):
    return kt.Session(model, raw(), validation_data=raw(), **options)


@pytest.fixture(scope="module")
def trained():
    """A session, with a run for each control and one as built before and after them."""
    session = session_of(mistaken())
    runs = {
        name: session.run(**STEPS, **settings)
        for name, settings in {
            "as built": {},
            "normalization": {"normalization": True},
            "output": {"output": "matched"},
            "initializer": {"initializer": "he"},
            "again": {},
        }.items()
    }
    return SimpleNamespace(session=session, **runs, runs=runs)


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def by_hand(name):
    """The oracle: the model with that change, built as one would in a script."""
    if name == "normalization":
        first = layers.Normalization()
        first.adapt(raw()[0])
        model = compiled(keras.Sequential(body(activation="sigmoid", first=[first])), metrics=["accuracy", "mae"])
        return model, first.get_weights()
    if name == "output":
        changed = keras.Sequential(body(units=CLASSES, activation="softmax"))
        return compiled(changed, "sparse_categorical_crossentropy", metrics=["accuracy"]), []
    return mistaken(), []


@pytest.mark.parametrize("name", ["as built", "normalization", "output", "initializer"])
def test_a_run_equals_fit_on_the_model_built_by_hand(trained, name):
    run = trained.runs[name]
    model, front = by_hand(name)
    own = mistaken().get_weights()
    shared = {"output": own[:2], "initializer": []}.get(name, own)
    start = [*front, *shared, *run.start_weights[len(front) + len(shared) :]]
    model.set_weights(start)
    x, y = raw()
    history = model.fit(x, y, validation_data=(x, y), batch_size=16, epochs=2, shuffle=False, verbose=0).history
    same(run.weights, model.get_weights())
    assert run.history.keys() == history.keys()
    np.testing.assert_array_equal(run.history["val_loss"], np.float32(history["val_loss"]))
    same(run.start_weights, start)


@pytest.mark.parametrize("name", ["normalization", "output", "initializer"])
def test_the_trained_model_takes_raw_inputs_and_is_compiled(trained, name):
    run, (x, y) = trained.runs[name], raw()
    scores = run.model.evaluate(x, y, return_dict=True, verbose=0)
    assert scores["loss"] == pytest.approx(run.history["val_loss"][-1], rel=1e-5)
    kinds = [type(layer).__name__ for layer in run.model.layers]
    assert ("Normalization" in kinds) == (name == "normalization")
    hidden = run.model.layers[-2]
    assert type(hidden.kernel_initializer).__name__ == ("HeNormal" if name == "initializer" else "GlorotUniform")


def test_kernels_are_drawn_by_the_seed_and_biases_zero(trained):
    kernel, bias, output, _ = trained.initializer.start_weights
    own = mistaken().get_weights()
    assert not bias.any() and np.abs(kernel - own[0]).min() > 0
    assert np.abs(output).max() <= np.sqrt(6 / (6 + 1))  # Glorot's bound: an output layer
    x = np.zeros((20, 200), "float32")
    wide = compiled(keras.Sequential([keras.Input((200,)), layers.Dense(300), layers.Dense(1)]))
    session = kt.Session(wide, (x, x[:, :1]), loop="keras")
    drawn = [session.run(epochs=1, initializer="he", start="new", seed=seed).start_weights for seed in (7, 8, 7)]
    assert drawn[0][0].std() == pytest.approx(np.sqrt(2 / 200), rel=0.02)
    assert np.abs(drawn[1][0] - drawn[0][0]).mean() > 0.05
    same(drawn[2], drawn[0])


def test_runs_of_different_structures_compare_fairly(trained):
    same(trained.again.start_weights, mistaken().get_weights())
    same(trained.again.weights, trained.runs["as built"].weights)
    for name in ("normalization", "output", "initializer"):
        assert compare(trained.runs["as built"], trained.runs[name]).fair, name


def test_the_same_seed_draws_the_same_for_what_is_shared(trained):
    session = trained.session
    plain = session.run(**STEPS, start="new", seed=8)
    changed = session.run(**STEPS, start="new", seed=8, normalization=True)
    same(changed.start_weights[3:], plain.start_weights)
    assert changed.start_id == plain.start_id != trained.again.start_id
    matched = [session.run(**STEPS, start="new", seed=8, output="matched").start_weights for _ in range(2)]
    same(*matched)
    back = session.run(**STEPS, seed=8)
    same(back.start_weights, plain.start_weights)


def test_use_settings_repeats_a_run(trained):
    session, run = trained.session, trained.output
    session.run(**STEPS, start="new", seed=9)
    session.use_settings(run)
    again = session.run(epochs=2)
    same(again.start_weights, run.start_weights)
    same(again.weights, run.weights)
    same(session.run(epochs=1, output="as_built").start_weights, mistaken().get_weights())
    session.use_settings(trained.again)


def test_branch_and_continuation_keep_the_structure(trained):
    session = trained.session
    whole = session.run(**{**STEPS, "epochs": 3}, **ALL)
    session.branch(whole, 1, epochs=2)
    session.wait()
    branch = session.runs[-1]
    same(branch.weights, whole.weights)
    with pytest.raises(HyperparameterError, match="normalization stays True; received normalization=False"):
        session.branch(whole, 1, normalization=False)
    with pytest.raises(HyperparameterError, match="initializer"):
        session.branch(trained.again, 1, initializer="he")
    begun = session.run(**{**STEPS, "epochs": 1}, **ALL)
    session.continue_run(epochs=2, run=begun)
    session.wait()
    same(begun.weights, whole.weights)
    assert begun.model.predict(raw()[0], verbose=0).shape == (ROWS, CLASSES)


def test_adopting_what_the_users_model_cannot_hold_is_refused(trained):
    for name in ("normalization", "output"):
        with pytest.raises(ModelError, match=f"trained with {name}"):
            trained.session.adopt(trained.runs[name])
    trained.session.adopt(trained.initializer)
    same(trained.session._template.model.get_weights(), trained.initializer.weights)
    trained.session._template.model.set_weights(mistaken().get_weights())


def test_a_run_from_the_log_of_other_data_goes_on_with_its_own_statistics(trained):
    session, (x, y) = trained.session, raw()
    run = session.run(**{**STEPS, "epochs": 1}, normalization=True)
    run.end.state.weights[0] = run.end.state.weights[0] + 3  # as if trained on others: a trace takes it for a constant
    session.continue_run(epochs=1, run=run)
    session.wait()
    assert run.model.evaluate(x, y, verbose=0)[0] == pytest.approx(run.history["val_loss"][-1], rel=1e-5)


def test_few_copies_stay_warm(trained):
    warm = trained.session._runner._warm._made
    assert 1 < len(warm) <= 4


def test_a_log_brings_the_structure_back(tmp_path):
    first = session_of(functional(), log_dir=tmp_path)
    whole = first.run(**{**STEPS, "epochs": 3}, **ALL)
    first.run(**{**STEPS, "epochs": 1}, **ALL)
    first.close()
    assert "accuracy" in whole.history  # in the place of categorical accuracy, which one-hot targets need
    saved = kt.Session.load(tmp_path)
    x = {"features": raw()[0]}
    expected = whole.model.predict(x, verbose=0)
    np.testing.assert_array_equal(saved.runs[0].model.predict(x, verbose=0), expected)
    second = session_of(functional(), log_dir=tmp_path)
    second.continue_run(epochs=2, run=2)
    second.wait()
    same(second.find(2).weights, whole.weights)
    same(second.run(**{**STEPS, "epochs": 1}, **ALL).start_weights, whole.start_weights)
    second.branch(2, 1, epochs=2)
    second.wait()
    same(second.runs[-1].weights, whole.weights)
    second.close()


@pytest.mark.parametrize("source", [mistaken, functional])
def test_code_reproduces_the_run_exactly(source, tmp_path):
    run = session_of(source if source is mistaken else source()).run(**{**STEPS, "shuffle": True}, **ALL)
    text = run.to_code()
    assert "layers.Normalization(" in text and 'activation="softmax"' in text.replace('Activation("', 'activation="')
    assert "he_normal" in text and "sparse_categorical_crossentropy" in text and "kerastune" not in text
    made = runpy.run_path(str(run.save_code(tmp_path)))
    same(made["model"].get_weights(), run.weights)
    for name, values in run.history.items():
        np.testing.assert_allclose(made["history"][name], values, rtol=1e-6, err_msg=name)


def test_a_model_that_is_not_built_yet():
    x, y = raw()
    model = compiled(keras.Sequential([layers.Dense(6, activation="relu"), layers.Dense(1)]), "mae")
    session = kt.Session(model, (x, y / 2), loop="keras")
    assert session.controls["output"].disabled is not None
    run, plain = session.run(**STEPS, normalization=True, initializer="glorot"), session.run(**STEPS)
    np.testing.assert_allclose(run.weights[0], x.mean(axis=0), rtol=1e-5)
    assert [weight.shape for weight in run.weights[3:]] == [weight.shape for weight in plain.weights]
    assert run.start_id == plain.start_id


MATCHED = {
    "binary": (np.arange(ROWS) % 2, body(units=2), "mse", (1, "sigmoid", "binary_crossentropy")),
    "classes": (raw()[1], body(units=CLASSES), "mse", (CLASSES, "softmax", "sparse_categorical_crossentropy")),
    "one-hot": (
        np.eye(4)[np.arange(ROWS) % 4],
        body(units=4, activation="sigmoid"),
        "binary_crossentropy",
        (4, "softmax", "categorical_crossentropy"),
    ),
    "several labels": (
        np.stack([np.arange(ROWS) % 2, np.arange(ROWS) % 3 == 0, np.arange(ROWS) % 5 == 0], axis=1).astype("float32"),
        body(units=3, activation="softmax"),
        "categorical_crossentropy",
        (3, "sigmoid", "binary_crossentropy"),
    ),
    "signs": (np.arange(ROWS) % 2 * 2 - 1, body(activation="sigmoid"), "mse", (1, "tanh", "hinge")),
    "amounts": (raw()[0][:, 0], body(activation="sigmoid"), "mae", (1, "linear", "mean_absolute_error")),
    "logits": (
        np.arange(ROWS) % 2,
        body(activation="sigmoid"),
        keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
        (1, "sigmoid", "binary_crossentropy"),
    ),
}


@pytest.mark.parametrize("kind", MATCHED)
def test_the_output_that_fits_the_targets(kind):
    y, made, loss, expected = MATCHED[kind]
    session = kt.Session(compiled(keras.Sequential(made), loss), (raw()[0], y))
    assert "{} × {}, {}".format(*expected) in session.controls["output"].help.en
    if kind == "logits":
        model = session.run(epochs=1, output="matched").model
        assert (model.layers[-1].units, model.layers[-1].activation.__name__) == expected[:2]
        assert model.loss.get_config()["from_logits"] is False
        assert model.loss.get_config()["label_smoothing"] == 0.1


def test_metrics_that_still_make_sense_stay(trained):
    assert {"loss", "accuracy", "mae"} < trained.again.history.keys()
    assert set(trained.output.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def two_inputs():
    first, second = keras.Input((5,)), keras.Input((5,))
    both = layers.Concatenate()([first, second])
    return compiled(keras.Model([first, second], [layers.Dense(1)(both), layers.Dense(1)(both)]), ["mse", "mse"])


class Own(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.mean = layers.Normalization()

    def call(self, inputs):
        return keras.ops.mean(inputs, axis=-1, keepdims=True)

    def get_config(self):
        return super().get_config()


def own_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)


def tokens():
    inner = [layers.Embedding(9, 2), layers.Flatten(), layers.Dense(CLASSES)]
    return compiled(keras.Sequential([keras.Input((5,)), *inner]))


SILENT = {  # model, data, and what the reason says for normalization, output and initializer; "" where there is none
    "several inputs and outputs": (two_inputs, ("2 inputs", "2 outputs", "")),
    "a class of one's own": (lambda: compiled(Own()), ("this one is a Own", "this one is a Own", "no Dense")),
    "tokens": (tokens, ("embedding", "", "")),
    "rescaled already": (
        lambda: compiled(keras.Sequential(body(units=2, first=[layers.Reshape((5,)), layers.Rescaling(0.1)]))),
        ("begins with Rescaling", "", ""),
    ),
    "normalised already": (
        lambda: compiled(keras.Sequential(body(units=2, first=[layers.BatchNormalization()]))),
        ("begins with BatchNormalization", "", ""),
    ),
    "an own loss": (lambda: compiled(keras.Sequential(body()), own_loss), ("", "your own", "")),
    "fitting": (
        lambda: compiled(
            keras.Sequential(body(units=CLASSES)), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        ),
        ("", "fit the targets already", ""),
    ),
    "no Dense layer at the end": (
        lambda: compiled(keras.Sequential([keras.Input((5,)), layers.Reshape((5, 1)), layers.SimpleRNN(1)])),
        ("", "Dense", "no Dense"),
    ),
}


@pytest.mark.parametrize("case", SILENT)
def test_a_control_that_cannot_act_says_why(case):
    make, expected = SILENT[case]
    x, y = np.abs(raw()[0]) % 9, raw()[1]
    data = ((x, x), (y, y)) if case.startswith("several") else (x, y)
    keras.utils.set_random_seed(0)
    session = kt.Session(make(), data)
    for name, value, words in zip(ALL, ALL.values(), expected, strict=True):
        spec = session.controls[name]
        assert spec.advanced and spec.effect == "run"
        if not words:
            assert spec.disabled is None, name
            continue
        assert words in spec.disabled.en
        assert spec.disabled.zh and spec.disabled.zh != spec.disabled.en
        with pytest.raises(HyperparameterError, match="cannot be changed"):
            session.start(**{name: value})


def test_bad_values_are_refused(trained):
    for name, value in {"normalization": "yes", "output": "softmax", "initializer": "lecun"}.items():
        with pytest.raises(HyperparameterError, match=name):
            trained.session.set(name, value)


def test_statistics_are_those_of_all_training_rows(monkeypatch):
    x = raw()[0]
    layer = layers.Normalization()
    layer.adapt(x)
    never = lambda: False  # noqa: E731
    same(normalization_statistics((None, 5), ArrayData(x), never), layer.get_weights())
    stream = StreamData(lambda _: [(x[:7],), (x[7:],)], (x[:7],), 7, False, kt.Session.__doc__)
    monkeypatch.setattr("kerastune_widget.engine.structure_input._BLOCK", 300)
    for data in (ArrayData(x), stream):
        mean, variance, _ = normalization_statistics((None, 5), data, never)
        np.testing.assert_allclose(mean, x.mean(axis=0, dtype="float64"), rtol=1e-6)
        np.testing.assert_allclose(variance, x.var(axis=0, dtype="float64"), rtol=1e-6)


def test_what_trains_badly_is_let_through_to_be_diagnosed():
    """One softmax unit always answers 1: fit trains it, and nothing is learned."""
    y = np.arange(ROWS) % 2
    for loss in ("categorical_crossentropy", "binary_crossentropy"):
        session = kt.Session(compiled(keras.Sequential(body(activation="softmax")), loss), (raw()[0], y))
        assert session.controls["output"].disabled is None
