"""How data are read, split, checked and counted: all that a session does with them before anything trains."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers

import kerastune_widget as kt
from kerastune_widget.engine.checks import check_fits_model
from kerastune_widget.engine.dataset import ArrayData, Dataset, StreamData, class_labels, read_data
from kerastune_widget.engine.facts import gather_facts
from kerastune_widget.engine.prepare import in_memory, prepare_dataset
from kerastune_widget.engine.streams import fingerprint_rows, materialize
from kerastune_widget.engine.template import ModelTemplate
from tests.engine.models import dense, images

X, Y = images()
PICTURES = np.random.default_rng(0).random((20, 8, 8, 1)).astype("float32")


def chain(shape, *body, loss="mse"):
    model = keras.Sequential([keras.Input(shape), *body])
    model.compile("sgd", loss=loss)
    return model


def autoencoder():
    return chain((8, 8, 1), layers.Conv2D(1, 3, padding="same", activation="sigmoid"), loss="binary_crossentropy")


def segmentation(loss="sparse_categorical_crossentropy"):
    return chain((8, 8, 1), layers.Conv2D(3, 3, padding="same", activation="softmax"), loss=loss)


def tagger(inputs=(5, 2), classes=5):
    return chain(inputs, layers.Dense(classes, activation="softmax"), loss="sparse_categorical_crossentropy")


def prepare(model, data, **options):
    defaults = {
        "validation_data": None,
        "validation_split": 0.0,
        "shuffle_split": True,
        "class_weight": None,
        "seed": 0,
    }
    template = ModelTemplate(model)
    return template, prepare_dataset(template, data, **{**defaults, **options})


# ---------------------------------------------------------------- classes


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (np.array([2, 0, 1]), [2, 0, 1]),
        (np.array([[2.0], [0.0], [1.0]]), [2, 0, 1]),
        (np.eye(3)[[2, 0, 1]], [2, 0, 1]),
        (np.array([True, False]), [1, 0]),
        (np.array([0.5, 1.0]), None),
        (np.array([[1, 1, 0], [0, 0, 1]]), None),
        (np.array([[3, 1], [0, 1]]), None),
        (PICTURES, None),
        (PICTURES[..., 0], None),
        ({"a": np.array([1, 2])}, None),
        (None, None),
    ],
)
def test_only_one_class_a_row_counts_as_classes(y, labels):
    found = class_labels(y)
    assert found is None if labels is None else found.tolist() == labels


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (autoencoder, PICTURES),
        (segmentation, (PICTURES[..., 0] * 3).astype(int)),
        (lambda: chain((8, 8, 1), layers.Flatten(), layers.Dense(3), loss="binary_crossentropy"), np.tri(20, 3)),
    ],
)
def test_targets_without_a_class_a_row_are_split_and_not_counted(model, y):
    template, dataset = prepare(model(), (PICTURES, y), validation_split=0.2)
    assert (dataset.training.rows, dataset.validation.rows) == (16, 4)
    assert "classes" not in gather_facts(template, dataset, {})


def test_classes_are_counted_under_a_classification_loss_only():
    assert gather_facts(*prepare(dense(), (X, Y)), {})["classes"] == 4
    assert "classes" not in gather_facts(*prepare(chain((64,), layers.Dense(1)), (X, Y)), {})


# ---------------------------------------------------------------- what fit accepts too


def two_outputs(loss):
    inputs = keras.Input((64,), name="pixels")
    outputs = {"kind": layers.Dense(4, name="kind")(inputs), "size": layers.Dense(1, name="size")(inputs)}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", loss=loss)
    return model


def named_input():
    inputs = keras.Input((64,), name="pixels")
    model = keras.Model([inputs], layers.Dense(1)(inputs))
    model.compile("sgd", loss="mse")
    return model


IGNORING = keras.losses.SparseCategoricalCrossentropy(ignore_class=255)
MASKED = np.where(PICTURES[..., 0] > 0.5, 255, 2)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (tagger, (np.zeros((6, 5, 2)), np.full((6, 5), 4))),
        (tagger, (np.zeros((6, 5, 2)), np.full((6, 5, 1), 4))),
        (lambda: segmentation(IGNORING), (PICTURES, MASKED)),
        (lambda: segmentation(IGNORING), (PICTURES, np.full_like(MASKED, 255))),
        (lambda: chain((64,), layers.Dense(1)), (X[..., None], Y)),
        (named_input, ({"pixels": X, "name": Y, "zone": Y}, Y)),
        (lambda: two_outputs({"kind": "mse", "size": None}), (X, {"kind": np.eye(4)[Y]})),
    ],
)
def test_what_fit_accepts_is_accepted(model, data):
    prepare(model(), data)
    model().fit(*data, epochs=1, verbose=0)


def test_labels_out_of_range_are_still_refused():
    with pytest.raises(kt.DataError, match=r"labels must lie in 0..2; .* from 2 to 255"):
        prepare(segmentation(), (PICTURES, MASKED))
    with pytest.raises(kt.DataError, match="one-hot"):
        prepare(tagger(), (np.zeros((6, 5, 2)), np.eye(5)[np.zeros((6, 5), int)]))
    with pytest.raises(kt.DataError, match="has 2 outputs; the training y holds 1"):
        prepare(two_outputs("mse"), (X, {"kind": np.eye(4)[Y]}))


def test_a_table_of_floats_and_booleans():
    table = pd.DataFrame({"height": [1.5, 2.5], "tall": [False, True]})
    x = read_data((table, np.zeros(2)), "data").x
    assert x.dtype == "float32" and x.tolist() == [[1.5, 0], [2.5, 1]]
    with pytest.raises(kt.DataError, match="must hold numbers"):
        read_data((table.assign(name=["a", "b"]), np.zeros(2)), "data")


# ---------------------------------------------------------------- y


class OwnStep(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(64)

    def call(self, x):
        return self.out(x)

    def train_step(self, data):
        return {"loss": self.compute_loss(data[0], data[0], self(data[0]))}


def test_a_loss_without_targets_is_refused_unless_the_step_is_the_users_own():
    with pytest.raises(kt.DataError, match="the training data have no y"):
        prepare(dense(), X)
    with pytest.raises(kt.DataError, match="the training data have no y"):
        prepare(dense(), tf.data.Dataset.from_tensor_slices((X,)).batch(7))
    with pytest.raises(kt.DataError, match="the validation data have no y"):
        prepare(dense(), (X, Y), validation_data=X)
    own, lossless = OwnStep(), dense(loss=None)
    own.compile("sgd", loss="mse")
    for model in (own, lossless):
        check_fits_model(ModelTemplate(lambda model=model: model), read_data(X, "data"), "training")


# ---------------------------------------------------------------- streams


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        (autoencoder, (PICTURES, PICTURES)),
        (
            lambda: chain((5,), layers.Embedding(9, 3), layers.Dense(4, activation="softmax")),
            (np.ones((6, 5), int),) * 2,
        ),
        (dense, (X, Y)),
    ],
)
def test_the_models_inputs_tell_examples_from_batches(model, parts):
    single = tf.data.Dataset.from_tensor_slices(parts)
    for dataset, rows in ((single, 1), (single.batch(4), 4), (single.batch(4).map(lambda *parts: parts), 4)):
        stream = read_data(dataset, "data", model=model())
        assert stream.example[0].shape == (rows, *parts[0].shape[1:])
        assert next(iter(stream.batches(None)))[0].shape[1:] == parts[0].shape[1:]


def test_class_weight_on_a_dataset_that_it_does_not_go_with():
    weighted = tf.data.Dataset.from_tensor_slices((X, Y, np.ones(70))).batch(7)
    with pytest.raises(kt.DataError, match="not both"):
        read_data(weighted, "data", {1: 2.0})
    with pytest.raises(kt.DataError, match="exactly one array"):
        read_data(tf.data.Dataset.from_tensor_slices((X,)).batch(7), "data", {1: 2.0})
    with pytest.raises(kt.DataError, match="one class for each row"):
        read_data((PICTURES, PICTURES[..., 0]), "data", {1: 2.0})


def test_an_endless_pydataset_is_refused():
    class Endless(keras.utils.PyDataset):
        num_batches = None

        def __getitem__(self, index):
            return X, Y

    with pytest.raises(kt.DataError, match="endless"):
        read_data(Endless(), "data")


def batches(*parts, size=16):
    return tf.data.Dataset.from_tensor_slices(parts).batch(size)


def test_reading_into_memory_keeps_every_row_in_order():
    data = materialize(batches(X, Y), 1 << 20)
    np.testing.assert_array_equal(data.x, X)
    np.testing.assert_array_equal(data.y, Y)
    shuffled = materialize(tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(70).batch(16), 1 << 20)
    np.testing.assert_array_equal(np.sort(shuffled.x[:, 5]), np.sort(X[:, 5]))


def test_a_source_too_large_is_left_after_its_first_batch():
    read = []

    def count(x, y):
        read.append(1)
        return x

    counted = batches(X, Y, size=7).map(
        lambda x, y: (tf.ensure_shape(tf.numpy_function(count, [x, y], tf.float32), (None, 64)), y)
    )
    assert materialize(counted, limit=X.nbytes // 2) is None
    assert len(read) < 4  # of ten; TensorFlow reads ahead


def test_batches_of_unequal_shapes_stay_a_stream():
    ragged = tf.data.Dataset.range(1, 7).map(lambda n: (tf.ones((n,)), n)).padded_batch(2)
    assert materialize(ragged, 1 << 20) is None
    assert materialize(batches(np.array(["a", "b"])), 1 << 20) is None


def test_reading_ends_when_cancelled():
    template = ModelTemplate(dense())
    stream = read_data(batches(X, Y), "data", model=template.example)
    dataset = Dataset(stream, stream)
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 2

    assert in_memory(dataset, cancelled) is dataset and len(asked) < 10
    assert isinstance(in_memory(dataset).validation, ArrayData)
    assert isinstance(stream, StreamData)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "uint8", "int64", "bool"])
def test_the_fingerprint_notices_other_values_but_not_another_order(dtype):
    generator = np.random.default_rng(0)
    x, y = np.maximum(generator.normal(size=(30, 6, 2)) * 50, 0).astype(dtype), np.arange(30)
    order = generator.permutation(30)
    whole = fingerprint_rows([x, y])
    assert whole == fingerprint_rows([x[order], y[order]])
    assert whole == fingerprint_rows([x[:9], y[:9]]) + fingerprint_rows([x[9:], y[9:]])
    changed = x.copy()
    changed[3, 2, 1] = not changed[3, 2, 1]
    variants = [[x, y[order]], [changed, y], [x, y + 1], [y, x]]
    if dtype.startswith("float"):
        variants += [[-x, y], [x[:, ::-1], y], [x * 2, y]]
    assert whole not in [fingerprint_rows(variant) for variant in variants]
