"""What can be wrapped, and what is refused with a sentence before anything trains."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers

import kerastune_widget as kt
from tests.engine.models import Subclassed, dense, dropout, functional, images, two_inputs_and_outputs


def regression(**options):
    model = keras.Sequential([keras.Input((64,)), layers.Dense(1)])
    model.compile("sgd", loss="mse", **options)
    return model


def weights_after(data, **options):
    keras.utils.set_random_seed(0)
    return kt.Session(dropout(), data, **options).run(epochs=2).weights


@pytest.fixture(scope="module")
def expected():
    return weights_after(images())


def same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


class Augmented(keras.utils.PyDataset):
    """Batches that differ on every pass."""

    def __init__(self):
        super().__init__()
        self.generator = np.random.default_rng(0)

    def __len__(self):
        return 4

    def __getitem__(self, index):
        x, y = images(8, seed=index)
        return x + self.generator.normal(size=x.shape).astype("float32"), y


@pytest.mark.parametrize(
    "dataset",
    [
        lambda x, y: tf.data.Dataset.from_tensor_slices((x, y)),
        lambda x, y: tf.data.Dataset.from_tensor_slices((x, y)).batch(32),
        lambda x, y: tf.data.Dataset.from_tensor_slices((x, y)).batch(9).prefetch(1),
    ],
)
def test_a_tf_dataset_that_fits_gives_the_same_numbers_as_its_arrays(dataset, expected):
    keras.utils.set_random_seed(0)
    session = kt.Session(dropout(), dataset(*images()))
    same(session.run(epochs=2, batch_size=32).weights, expected)
    assert session.loop_reason.en.startswith("Graph loop")


def test_a_tf_dataset_that_changes_stays_a_stream_and_takes_another_batch_size():
    tf.random.set_seed(None)  # under a global seed, every pass would give the same numbers
    data = (
        tf.data.Dataset.from_tensor_slices(images()).map(lambda x, y: (x + tf.random.normal(tf.shape(x)), y)).batch(16)
    )
    session = kt.Session(dense(), data, validation_data=images())
    run = session.run(epochs=2, batch_size=35)
    assert session.loop_reason.en.startswith("Keras loop: the data come as a stream")
    assert len(run.steps["loss"]) == 4 and len(run.history["val_loss"]) == 2


def test_a_pydataset_trains_with_batches_of_its_own():
    session = kt.Session(dense(), Augmented(), validation_data=images())
    run = session.run(epochs=2)
    assert session.controls["batch_size"].disabled is not None
    assert len(run.steps["loss"]) == 8 and run.hyperparameters.batch_size == 8


def test_pandas_and_lists(expected):
    x, y = images()
    same(weights_after((pd.DataFrame(x), pd.Series(y))), expected)
    same(weights_after((x.tolist(), y.tolist())), expected)
    same(weights_after((tf.constant(x), tf.constant(y))), expected)


def test_several_inputs_as_a_tuple():
    x, y = two_inputs_and_outputs()
    model = functional()
    run = kt.Session(model, ((x["left"], x["right"]), (y["kind"], y["size"]))).run(epochs=1)
    assert "kind_accuracy" in run.history and "size_mae" in run.steps


def test_class_weights_weigh_no_validation_rows_that_were_held_out():
    x, y = images(100)
    session = kt.Session(dense(), (x, y), validation_split=0.2, shuffle_split=False, class_weight={0: 50.0})
    run = session.run(epochs=2)
    model = run.model
    judged = model.evaluate(x[80:], y[80:], verbose=0, return_dict=True)
    assert run.history["val_loss"][-1] == pytest.approx(judged["loss"], rel=1e-5)


def test_class_weights_on_a_tf_dataset_equal_those_on_arrays():
    x, y = images()
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    same(weights_after(data, class_weight={1: 3.0}), weights_after((x, y), class_weight={1: 3.0}))


def test_build_function_for_what_cannot_be_cloned():
    class Closed(keras.Model):
        def __init__(self, hidden):
            super().__init__()
            self.hidden, self.out = hidden, layers.Dense(4, activation="softmax")

        def call(self, inputs):
            return self.out(self.hidden(inputs))

    def build():
        model = Closed(layers.Dense(8, activation="relu"))
        model.compile(keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy")
        return model

    with pytest.raises(kt.KerasTuneError, match=r"Pass a function that builds and compiles it"):
        kt.Session(build(), images())
    session = kt.Session(build, images())
    first, second = session.run(epochs=1), session.run(epochs=1)
    same(first.weights, second.weights)
    assert isinstance(first.model, Closed)
    with pytest.raises(kt.ModelError, match=r"run\.model"):
        session.adopt(first)


def test_models_not_yet_built():
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(4, activation="softmax")])
    model.compile("adam", loss="sparse_categorical_crossentropy")
    run = kt.Session(model, images()).run(epochs=1)
    assert run.model.count_params() == 64 * 8 + 8 + 8 * 4 + 4
    assert not model.built
    subclassed = Subclassed()
    subclassed.compile("adam", loss="sparse_categorical_crossentropy")
    assert kt.Session(subclassed, images()).run(epochs=1).model.units == 12


def test_a_lambda_layer_and_a_custom_initializer_survive():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Lambda(lambda x: x * 2),
            layers.Dense(4, activation="softmax", kernel_initializer=keras.initializers.RandomNormal(stddev=0.01)),
        ]
    )
    model.compile("adam", loss=lambda t, p: keras.losses.sparse_categorical_crossentropy(t, p))
    assert kt.Session(model, images()).run(epochs=1).status == "finished"


def test_the_split_is_shuffled_and_stratified():
    x, y = np.arange(640, dtype="float32").reshape(10, 64).repeat(10, axis=0), np.sort(images(100)[1])
    seen = {}

    for shuffle_split in (True, False):
        session = kt.Session(dense(), (x, y), validation_split=0.2, shuffle_split=shuffle_split)
        seen[shuffle_split] = session._runner._warm.dataset
    counts = np.bincount(y, minlength=4)
    held = np.bincount(seen[True].validation.y, minlength=4)
    assert abs(held - 0.2 * counts).max() < 1
    np.testing.assert_array_equal(seen[False].validation.y, y[80:])
    rows = np.concatenate([seen[True].training.y, seen[True].validation.y])
    np.testing.assert_array_equal(np.sort(rows), y)


def test_not_finite_inputs_are_noticed_with_their_count():
    x, y = images()
    x[3, :2], x[5, 0] = np.nan, np.inf
    (notice,) = kt.Session(dense(), (x, y)).notices
    assert "3 of 4480" in notice.en and "3" in notice.zh


X, Y = images()


@pytest.mark.parametrize(
    ("model", "data", "options", "sentence"),
    [
        (lambda: keras.Sequential([layers.Dense(1)]), (X, Y), {}, "is not compiled"),
        (lambda: "a model", (X, Y), {}, "received function|received str"),
        (dense, (X[:, :10], Y), {}, r"takes rows of shape \(64,\); the training x has rows of shape \(10,\)"),
        (dense, (X, Y[:-1]), {}, "x has 70 rows, y has 69 rows"),
        (dense, (X[:0], Y[:0]), {}, "empty"),
        (dense, (X, Y + 1), {}, r"labels must lie in 0..3; the training y has labels from 1 to 4"),
        (dense, (X, np.eye(4)[Y]), {}, "one-hot"),
        (dense, object(), {}, "received object"),
        (dense, (X.astype(str), Y), {}, "must hold numbers"),
        (dense, ((row, 1) for row in X), {}, "read only once"),
        (dense, (X, Y, Y, Y), {}, "received 4 parts"),
        (dense, (X, Y), {"validation_split": 1.5}, "between 0 and 1"),
        (dense, (X, Y), {"validation_split": 0.2, "validation_data": (X, Y)}, "not both"),
        (dense, (X, Y), {"validation_data": (X[:, :3], Y)}, "the validation x"),
        (dense, (X, Y, np.ones(70)), {"class_weight": {0: 2.0}}, "not both"),
        (dense, tf.data.Dataset.from_tensor_slices((X, Y)).repeat(), {}, "endless"),
        (functional, (X, Y), {}, "has 2 inputs"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(model, data, options, sentence):
    source = model()
    with pytest.raises(kt.KerasTuneError, match=sentence) as caught:
        kt.Session(source, data, **options)
    assert isinstance(caught.value, ValueError) and "\n" not in str(caught.value)
