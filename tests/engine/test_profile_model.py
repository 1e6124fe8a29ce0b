"""A model's profile says what its configuration says, whatever the shape of the model, and never raises."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from kerastune_widget.core.profile_model import profile_model


def compiled(model, loss="mse", **arguments):
    model.compile(arguments.pop("optimizer", "adam"), loss=loss, **arguments)
    return profile_model(model)


def chain(*parts, shape=(4,), **arguments):
    return compiled(keras.Sequential([layers.Input(shape), *parts]), **arguments)


def only_output(profile):
    (output,) = profile.outputs
    return output


def test_a_network_is_read_layer_by_layer():
    profile = chain(
        layers.Rescaling(1 / 255),
        layers.Conv2D(3, 3, kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L1L2(0.5, 0.25)),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.4),
        layers.Dense(
            2, "tanh", kernel_initializer=keras.initializers.RandomNormal(stddev=3.0, seed=1), trainable=False
        ),
        layers.Dense(10),
        layers.Softmax(),
        shape=(6, 6, 2),
        loss="sparse_categorical_crossentropy",
        metrics=["acc", keras.metrics.SparseTopKCategoricalAccuracy(name="top")],
    )
    rescaling, convolution, batch_norm, relu, _, _, dropout, dense, last, softmax = profile.layers
    assert rescaling.rescales and not rescaling.normalizes and rescaling.sources == ()
    assert (convolution.kind, convolution.units, convolution.fan_in, convolution.parameters) == ("Conv2D", 3, 18, 57)
    assert (convolution.initializer, convolution.l1, convolution.l2) == ("HeNormal", 0.5, 0.25)
    assert convolution.weight_spread == pytest.approx((2 / 18) ** 0.5, rel=0.4)
    assert batch_norm.normalizes and batch_norm.units is None and batch_norm.parameters == 12
    assert relu.activation == "relu" and dropout.dropout == 0.4 and convolution.dropout is None
    assert dense.activation == "tanh" and not dense.trainable and last.trainable
    assert dense.initializer_config["stddev"] == 3.0
    assert last.sources == (dense.name,) and softmax.activation == "softmax"
    output = only_output(profile)
    assert (output.name, output.layer, output.units, output.activation) == ("", last.name, 10, "softmax")
    assert (output.loss, output.from_logits) == ("sparse_categorical_crossentropy", False)
    assert output.metrics == ("accuracy", "sparse_top_k_categorical_accuracy")
    assert profile.sequential and profile.parameters == 57 + 12 + 26 + 30
    assert profile.trainable_parameters == 57 + 6 + 30


def test_wrapped_and_recurrent_layers_are_read_through_their_wrapper():
    profile = chain(
        layers.Embedding(9, 5, embeddings_initializer="zeros"),
        layers.Bidirectional(layers.LSTM(4, dropout=0.3, kernel_regularizer="l2", return_sequences=True)),
        layers.RNN(layers.GRUCell(3), return_sequences=True),
        layers.TimeDistributed(layers.Dense(2, activation=tf.nn.softmax)),
        shape=(7,),
    )
    embedding, lstm, gru, dense = profile.layers
    assert (embedding.units, embedding.initializer, embedding.fan_in) == (5, "Zeros", None)
    assert (lstm.kind, lstm.activation, lstm.units, lstm.dropout, lstm.fan_in) == ("LSTM", "tanh", 8, 0.3, 5)
    assert lstm.l2 == pytest.approx(0.01) and lstm.name == "bidirectional" and lstm.initializer == "GlorotUniform"
    assert gru.units == 3 and gru.activation == "tanh"
    assert (dense.kind, dense.activation, dense.units) == ("Dense", "softmax", 2)
    assert only_output(profile).activation == "softmax" and profile.sequential


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        (None, "linear"),
        ("relu", "relu"),
        ("swish", "silu"),
        (tf.nn.sigmoid, "sigmoid"),
        (tf.nn.softmax, "softmax"),
        (layers.LeakyReLU(), "leaky_relu"),
        (layers.PReLU(), "prelu"),
        (layers.Activation("gelu"), "gelu"),
        (lambda x: x, ""),
    ],
)
def test_an_activation_has_keras_name_in_any_form(activation, name):
    assert chain(layers.Dense(2, activation)).layers[0].activation == name


@pytest.mark.parametrize("initializer", ["glorot_uniform", "he_normal", "lecun_uniform", "truncated_normal"])
def test_a_kernel_as_it_was_drawn_is_told_from_a_trained_one(initializer):
    model = keras.Sequential([layers.Input((30,)), layers.Dense(20, kernel_initializer=initializer)])
    kernel = model.layers[0].kernel
    assert profile_model(model).layers[0].untrained is True
    trained = keras.random.normal(kernel.shape, stddev=0.1, seed=1)  # sums of many small steps have tails
    kernel.assign(trained)
    assert profile_model(model).layers[0].untrained is False


@pytest.mark.parametrize(("initializer", "units"), [("random_normal", 20), ("glorot_uniform", 2), ("zeros", 20)])
def test_where_it_cannot_be_told_whether_a_kernel_was_trained_nothing_is_said(initializer, units):
    assert chain(layers.Dense(units, kernel_initializer=initializer), shape=(30,)).layers[0].untrained is None


def test_a_large_kernel_is_measured_on_a_part_of_it():
    profile = chain(layers.Dense(1100, kernel_initializer="he_normal"), shape=(1000,))
    assert profile.layers[0].weight_spread == pytest.approx((2 / 1000) ** 0.5, rel=0.02)


def test_softmax_over_another_axis_makes_no_classes():
    assert chain(layers.Softmax(axis=1), shape=(3, 4)).layers[0].activation == ""


@pytest.mark.parametrize("metric", ["Accuracy", keras.metrics.Accuracy()])
def test_exact_hits_are_told_from_accuracy(metric):
    assert only_output(chain(layers.Dense(1), metrics=[metric])).metrics == ("Accuracy",)


def cut_from_keras(targets, outputs):
    return keras.losses.mean_squared_error(targets, outputs)


class OwnLoss(keras.losses.BinaryCrossentropy):
    pass


@pytest.mark.parametrize(
    ("loss", "name", "from_logits"),
    [
        ("MSE", "mean_squared_error", None),
        ("MeanSquaredError", "mean_squared_error", None),
        ("kullback_leibler_divergence", "kl_divergence", None),
        (keras.losses.mean_absolute_error, "mean_absolute_error", None),
        (keras.losses.LogCosh(), "log_cosh", None),
        (keras.losses.get("mse"), "mean_squared_error", None),
        (keras.losses.BinaryCrossentropy(), "binary_crossentropy", False),
        (keras.losses.CategoricalCrossentropy(from_logits=True), "categorical_crossentropy", True),
        (keras.losses.BinaryFocalCrossentropy(from_logits=True), "binary_focal_crossentropy", True),
        ("categorical_crossentropy", "categorical_crossentropy", False),
        (cut_from_keras, "", None),
        (OwnLoss(from_logits=True), "", None),
        (["mse"], "mean_squared_error", None),
        (None, "", None),
    ],
)
def test_a_loss_has_keras_name_in_any_form_and_none_when_it_is_the_users(loss, name, from_logits):
    output = only_output(chain(layers.Dense(1), loss=loss))
    assert (output.loss, output.from_logits) == (name, from_logits)


def two_headed(outputs=list):
    inputs = keras.Input((4,))
    hidden = layers.Dense(3)(inputs)
    hidden = keras.ops.relu(hidden)
    number = layers.Dense(1, name="number")(hidden)
    label = layers.Activation("softmax", name="label")(layers.Dense(5, name="scores")(hidden))
    heads = [number, label] if outputs is list else {"a": number, "b": label}
    return keras.Model(inputs, heads)


@pytest.mark.parametrize(
    ("outputs", "loss", "metrics"),
    [
        (list, ["mse", keras.losses.CategoricalCrossentropy()], [["mae"], ["acc"]]),
        (list, {"label": "categorical_crossentropy", "number": "mse"}, {"number": "mae", "label": ["accuracy"]}),
        (dict, {"b": "categorical_crossentropy", "a": "mse"}, {"a": ["mae"], "b": "accuracy"}),
    ],
)
def test_each_output_has_its_own_loss_and_metrics(outputs, loss, metrics):
    profile = compiled(two_headed(outputs), loss, metrics=metrics)
    number, label = profile.outputs
    assert (number.name, number.layer, number.units, number.activation) == ("number", "number", 1, "linear")
    assert (label.name, label.layer, label.units, label.activation) == ("label", "scores", 5, "softmax")
    assert (number.loss, label.loss) == ("mean_squared_error", "categorical_crossentropy")
    assert (number.metrics, label.metrics) == (("mean_absolute_error",), ("accuracy",))
    assert not profile.sequential
    assert [layer.activation for layer in profile.layers][:2] == ["linear", "relu"]


def test_nested_models_are_opened_and_joined_to_what_is_around_them():
    base = keras.Sequential([layers.Input((4,)), layers.Dense(3, "relu", name="one")], name="base")
    base.trainable = False
    inputs = keras.Input((4,))
    outer = keras.Model(inputs, layers.Dense(1, name="head")(base(layers.Identity(name="start")(inputs))))
    profile = compiled(outer)
    assert [layer.name for layer in profile.layers] == ["start", "base/one", "head"]
    assert [layer.sources for layer in profile.layers] == [(), ("start",), ("base/one",)]
    assert not profile.layers[1].trainable and profile.sequential
    assert (profile.trainable_parameters, profile.parameters) == (4, 19)


def test_a_residual_joint_is_no_chain():
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, "relu", name="hidden")(inputs)
    joined = layers.Add(name="sum")([hidden, layers.Dense(4, name="side")(hidden)])
    profile = compiled(keras.Model(inputs, joined))
    assert not profile.sequential and profile.layer("sum").sources == ("hidden", "side")
    assert only_output(profile).activation == "" and only_output(profile).units == 4


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(3, "relu")
        self.last = layers.Dense(2)

    def call(self, inputs):
        return keras.ops.softmax(self.last(self.hidden(inputs)))


def test_of_a_subclassed_model_the_output_stays_unknown():
    profile = compiled(Own(), "categorical_crossentropy")
    output = only_output(profile)
    assert (output.activation, output.units, output.loss) == ("", None, "categorical_crossentropy")
    assert [layer.units for layer in profile.layers] == [3, 2] and not profile.sequential
    assert all(layer.sources is None for layer in profile.layers)


@pytest.mark.parametrize(
    ("optimizer", "name", "rate"),
    [
        ("rmsprop", "rmsprop", 0.001),
        (keras.optimizers.SGD(0.3, momentum=0.9), "sgd", 0.3),
        (keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 10)), "adam", None),
    ],
)
def test_the_optimizer_and_its_fixed_rate(optimizer, name, rate):
    profile = chain(layers.Dense(1), optimizer=optimizer)
    assert (profile.optimizer, profile.learning_rate) == (name, rate)
    assert all(isinstance(value, int | float | str) for value in profile.optimizer_config.values())


def test_a_model_that_is_neither_built_nor_compiled_tells_what_it_can():
    profile = profile_model(keras.Sequential([layers.Dense(3), layers.Dense(2, "softmax")]))
    output = only_output(profile)
    assert (output.units, output.activation, output.loss) == (2, "softmax", "")
    assert profile.layers[0].weight_spread is None and profile.parameters == 0
    assert profile_model(keras.Sequential()) is not None


class Hostile:
    def __getattr__(self, name):
        raise RuntimeError(name)


class HalfHostile:
    layers = (Hostile(), 3, None)
    weights = ()
    loss = "mse"


ODD = [None, 3, "model", object(), Hostile(), keras.Model, lambda: None]


@pytest.mark.parametrize("at", range(len(ODD)))
def test_what_is_no_model_has_no_profile(at):
    assert profile_model(ODD[at]) is None


def test_what_cannot_be_read_is_left_out():
    assert only_output(profile_model(HalfHostile())).loss == "mean_squared_error"
