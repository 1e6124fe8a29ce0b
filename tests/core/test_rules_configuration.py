"""The rules of the configuration name what is wrong with a model, and leave sound models alone."""

from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.diagnosis import all_rules, diagnose_history
from kerastune_widget.core.history import Change, History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

RULES = [rule for rule in all_rules() if rule.code.startswith("KT3")]
ROWS = 500


def dense(units, activation="relu", **others):
    return LayerProfile("", "Dense", activation, units, initializer="GlorotUniform", fan_in=64, **others)


def layer(kind, **others):
    return LayerProfile("", kind, **others)


def chain(*layers):
    names = [f"layer{at}" for at in range(len(layers))]
    return tuple(
        replace(one, name=names[at], sources=tuple(names[max(at - 1, 0) : at]), parameters=one.parameters or 9)
        for at, one in enumerate(layers)
    )


def network(*layers, loss="mse", logits=None, metrics=(), activation=None):
    """Return a chain of layers, the last one with units its output."""
    joined = chain(*layers)
    last = [one for one in joined if one.units is not None][-1]
    if logits is None and "crossentropy" in loss:
        logits = False
    shown = last.activation if activation is None else activation
    output = OutputProfile("", last.name, last.units, shown, loss, logits, tuple(metrics))
    return ModelProfile(joined, (output,), "adam", trainable_parameters=9, parameters=9)


def targets(kind, classes=None, low=0.0, high=1.0, columns=1):
    counts = (ROWS // classes,) * classes if classes else ()
    return DataProfile(rows=ROWS, targets=(TargetProfile("", kind, columns, classes, counts, (), low, high, 0.5, 0.3),))


BINARY = targets("binary", 2)
TEN = targets("classes", 10, 0.0, 9.0)
ONE_HOT = targets("one_hot", 10, columns=10)
LABELS = targets("multi_label", 4, columns=4)
NUMBER = targets("regression", low=-2.5, high=3.1)
PRICES = targets("regression", low=0.0, high=900.0)
PIXELS = targets("regression", columns=64)

BCE, CCE = "binary_crossentropy", "categorical_crossentropy"
SPARSE, MSE = "sparse_categorical_crossentropy", "mean_squared_error"


def found(history):
    """Return the severity by name of what the configuration rules find."""
    return {finding.name: finding.severity for finding in diagnose_history(history, RULES)}


def output_of(units, activation, loss, data, **others):
    return found(History(model=network(dense(32), dense(units, activation), loss=loss, **others), data=data))


@pytest.mark.parametrize(
    ("units", "activation", "loss", "data"),
    [
        (1, "softmax", BCE, BINARY),
        (1, "softmax", MSE, None),
        (1, "sigmoid", CCE, BINARY),
        (1, "sigmoid", SPARSE, TEN),
        (5, "softmax", SPARSE, TEN),
        (10, "softmax", SPARSE, targets("classes", 11, 1.0, 10.0)),
        (10, "softmax", CCE, TEN),
        (10, "softmax", SPARSE, ONE_HOT),
        (10, "softmax", SPARSE, NUMBER),
        (2, "softmax", SPARSE, targets("binary", 2, -1.0, 1.0)),
        (8, "softmax", CCE, ONE_HOT),
        (10, "linear", MSE, PRICES),
        (2, "sigmoid", BCE, BINARY),
        (1, "sigmoid", BCE, targets("one_hot", 2, columns=2)),
        (1, "sigmoid", BCE, TEN),
        (1, "sigmoid", BCE, targets("binary", 2, -1.0, 1.0)),
        (1, "sigmoid", BCE, PRICES),
        (1, "linear", BCE, BINARY),
        (10, "linear", SPARSE, None),
        (10, "relu", CCE, ONE_HOT),
        (1, "tanh", BCE, None),
        (10, "log_softmax", SPARSE, TEN),
        (10, "linear", "kl_divergence", ONE_HOT),
        (1, "exponential", "poisson", NUMBER),
        (1, "sigmoid", MSE, PRICES),
        (1, "sigmoid", "mean_absolute_error", NUMBER),
        (1, "tanh", MSE, NUMBER),
        (1, "relu", MSE, NUMBER),
        (64, "softmax", MSE, PIXELS),
    ],
)
def test_an_output_that_cannot_learn_is_a_problem(units, activation, loss, data):
    assert output_of(units, activation, loss, data).get("output-loss-mismatch") == "problem"


@pytest.mark.parametrize(
    ("units", "activation", "loss", "data", "others"),
    [
        (4, "softmax", CCE, LABELS, {}),
        (10, "softmax", SPARSE, TEN, {"logits": True}),
        (1, "tanh", BCE, BINARY, {"logits": True}),
        (10, "softmax", BCE, ONE_HOT, {}),
        (10, "softmax", BCE, None, {}),
        (10, "sigmoid", CCE, ONE_HOT, {}),
        (1, "sigmoid", "hinge", BINARY, {}),
        (1, "linear", "poisson", PRICES, {}),
        (1, "linear", "mean_absolute_percentage_error", NUMBER, {}),
        (1, "linear", "mean_squared_logarithmic_error", NUMBER, {}),
        (1, "linear", MSE, TEN, {"metrics": ["accuracy"]}),
        (10, "softmax", MSE, ONE_HOT, {}),
        (10, "linear", MSE, ONE_HOT, {}),
        (1, "linear", MSE, BINARY, {"metrics": ["accuracy"]}),
    ],
)
def test_an_output_that_learns_badly_is_a_warning(units, activation, loss, data, others):
    assert output_of(units, activation, loss, data, **others).get("output-loss-mismatch") == "warning"


@pytest.mark.parametrize(
    ("units", "activation", "loss", "data", "others"),
    [
        (1, "sigmoid", MSE, BINARY, {}),
        (1, "linear", MSE, BINARY, {}),
        (10, "sigmoid", BCE, ONE_HOT, {}),
        (20, "softmax", SPARSE, TEN, {}),
    ],
)
def test_an_output_that_is_merely_odd_is_a_note(units, activation, loss, data, others):
    assert output_of(units, activation, loss, data, **others) == {"output-loss-mismatch": "info"}


@pytest.mark.parametrize(
    ("units", "activation", "loss", "data", "others"),
    [
        (1, "sigmoid", BCE, BINARY, {"metrics": ["accuracy"]}),
        (1, "linear", BCE, BINARY, {"logits": True, "metrics": ["binary_accuracy"]}),
        (10, "softmax", SPARSE, TEN, {"metrics": ["accuracy"]}),
        (10, "linear", SPARSE, TEN, {"logits": True, "metrics": ["sparse_categorical_accuracy"]}),
        (10, "softmax", CCE, ONE_HOT, {"metrics": ["categorical_accuracy", "mean_squared_error"]}),
        (2, "softmax", SPARSE, BINARY, {}),
        (2, "softmax", BCE, targets("one_hot", 2, columns=2), {}),
        (4, "sigmoid", BCE, LABELS, {"metrics": ["binary_accuracy"]}),
        (64, "sigmoid", BCE, PIXELS, {}),
        (64, "sigmoid", MSE, PIXELS, {}),
        (64, "linear", MSE, PIXELS, {}),
        (1, "linear", MSE, NUMBER, {"metrics": ["mean_absolute_error"]}),
        (1, "linear", MSE, TEN, {}),
        (1, "relu", MSE, PRICES, {}),
        (1, "softplus", "poisson", PRICES, {}),
        (1, "tanh", "hinge", BINARY, {}),
        (1, "linear", "", NUMBER, {}),
        (1, "", BCE, BINARY, {}),
        (2000, "softmax", SPARSE, targets("classes", 900, 0.0, 899.0), {}),
        (1, "sigmoid", BCE, replace(BINARY, rows=3), {}),
    ],
)
def test_an_output_that_fits_is_left_alone(units, activation, loss, data, others):
    assert output_of(units, activation, loss, data, **others) == {}
    assert output_of(units, activation, loss, None, **others) == {}


def test_a_run_that_learnt_all_the_same_is_not_spoiled():
    model = network(dense(32), dense(1, "linear"), loss=BCE)
    curves = {"loss": np.geomspace(0.7, 0.1, 20), "accuracy": np.linspace(0.5, 0.97, 20)}
    assert found(History(curves, model=model, data=BINARY)) == {"output-loss-mismatch": "warning"}


def test_of_a_slow_pair_and_a_run_that_failed_the_pair_is_to_blame():
    model = network(dense(32), dense(1, "sigmoid"), loss=MSE)
    curves = {"loss": np.full(20, 0.25), "accuracy": np.full(20, 0.5)}
    assert found(History(curves, model=model, data=BINARY)) == {"output-loss-mismatch": "warning"}


def test_once_the_output_is_matched_nothing_is_wrong_with_it():
    model = network(dense(32), dense(1, "softmax"), loss=BCE)
    history = History(model=model, data=BINARY, hyperparameters={"output": "as_built"})
    (finding,) = diagnose_history(history, RULES)
    assert (finding.fix.control, finding.fix.value, finding.layers) == ("output", "matched", ("layer1",))
    changed = replace(history, changes=[Change(5, 1, "output", "as_built", "matched")])
    assert found(changed) == {}


def test_each_of_several_outputs_is_held_against_its_own_target():
    joined = chain(dense(32))
    heads = [replace(dense(1, "linear"), name="size"), replace(dense(10, "softmax"), name="label")]
    outputs = (
        OutputProfile("size", "size", 1, "linear", MSE),
        OutputProfile("label", "label", 10, "softmax", SPARSE, False),
    )
    model = ModelProfile((*joined, *(replace(head, sources=("layer0",)) for head in heads)), outputs, sequential=False)
    named = [replace(NUMBER.targets[0], name="size"), replace(TEN.targets[0], name="label")]
    assert found(History(model=model, data=DataProfile(ROWS, targets=tuple(named)))) == {}
    swapped = [replace(TEN.targets[0], name="size"), replace(NUMBER.targets[0], name="label")]
    (finding,) = diagnose_history(History(model=model, data=DataProfile(ROWS, targets=tuple(swapped))), RULES)
    assert finding.layers == ("label",) and finding.fix is None


@pytest.mark.parametrize(
    ("units", "activation", "loss", "metrics", "data", "severity"),
    [
        (1, "linear", MSE, ["accuracy"], NUMBER, "warning"),
        (1, "linear", MSE, ["accuracy"], None, "warning"),
        (64, "sigmoid", BCE, ["accuracy"], PIXELS, "info"),
        (10, "softmax", SPARSE, ["categorical_accuracy"], TEN, "warning"),
        (10, "softmax", CCE, ["sparse_categorical_accuracy"], ONE_HOT, "warning"),
        (10, "softmax", CCE, ["Accuracy"], ONE_HOT, "warning"),
        (10, "softmax", CCE, ["mean_squared_error"], ONE_HOT, "info"),
    ],
)
def test_a_metric_that_says_nothing(units, activation, loss, metrics, data, severity):
    assert output_of(units, activation, loss, data, metrics=metrics) == {"wrong-metric": severity}


FAILED = {"loss": np.full(12, 2.3), "val_loss": np.full(12, 2.3), "accuracy": np.full(12, 0.1)}
LEARNT = {
    "loss": np.geomspace(2.3, 0.1, 12),
    "val_loss": np.geomspace(2.3, 0.2, 12),
    "accuracy": np.linspace(0.1, 1, 12),
}


def ten(*hidden, curves=None, **others):
    return History(curves or {}, model=network(*hidden, dense(10, "softmax"), loss=SPARSE), data=TEN, **others)


@pytest.mark.parametrize(
    ("rate", "curves", "severity"),
    [
        (0.5, FAILED, None),
        (0.6, {}, "info"),
        (0.7, {}, "warning"),
        (0.6, FAILED, "warning"),
        (0.9, FAILED, "problem"),
        (0.9, LEARNT, "info"),
    ],
)
def test_dropout_is_graded_by_rate_and_outcome(rate, curves, severity):
    hidden = [dense(64), layer("Dropout", dropout=rate)]
    assert found(ten(*hidden, curves=curves)).get("dropout-too-high") == severity
    for current in (0.2, {"layer1": 0.2}):
        assert "dropout-too-high" not in found(ten(*hidden, curves=curves, hyperparameters={"dropout": current}))


def test_dropout_behind_the_output_is_a_problem():
    model = network(dense(64), dense(10, "softmax"), layer("Dropout", dropout=0.2), loss=SPARSE)
    assert found(History(model=model, data=TEN)) == {"dropout-too-high": "problem"}
    assert found(History(model=model, data=TEN, hyperparameters={"dropout": 0.0})) == {}


@pytest.mark.parametrize(
    ("batch", "severity"), [(1, "warning"), (4, "warning"), (12, "info"), (16, None), (499, "info"), (512, None)]
)
def test_batch_norm_needs_more_than_a_few_rows(batch, severity):
    settings = {"batch_size": batch, "epochs": 200}
    norm = layer("BatchNormalization", normalizes=True)
    history = ten(dense(64), norm, hyperparameters=settings, facts={"training_rows": ROWS})
    assert found(history).get("batch-norm-small-batch") == severity
    frozen = ten(dense(64), replace(norm, trainable=False), hyperparameters=settings)
    assert "batch-norm-small-batch" not in found(frozen)


def test_a_frozen_model_and_frozen_random_layers():
    model = ten(dense(64, trainable=False, untrained=True), dense(64)).model
    assert found(History(model=model)) == {"frozen-layers": "warning"}
    assert found(History(model=replace(model, trainable_parameters=0))) == {"frozen-layers": "problem"}
    assert found(ten(dense(64, trainable=False, untrained=False), dense(64))) == {}
    assert found(ten(dense(64, untrained=True), dense(64))) == {}


BARE = dense(64, "linear")


@pytest.mark.parametrize(
    ("hidden", "curves", "severity"),
    [
        ([BARE], {}, "warning"),
        ([BARE, layer("Dropout", dropout=0.2), BARE], FAILED, "problem"),
        ([BARE, layer("BatchNormalization", normalizes=True), BARE], {}, "warning"),
        ([dense(64), BARE, dense(64)], {}, "info"),
        ([dense(64), BARE, BARE], {}, "warning"),
        ([BARE, layer("ReLU", activation="relu"), BARE, layer("Lambda", activation="")], {}, None),
        ([BARE, layer("LayerNormalization", normalizes=True)], {}, None),
        ([dense(64), dense(8, "linear"), dense(64)], {}, None),
        ([dense(64), layer("Flatten")], {}, None),
        ([], FAILED, None),
    ],
)
def test_hidden_layers_without_activation(hidden, curves, severity):
    assert found(ten(*hidden, curves=curves)).get("missing-activation") == severity


def test_of_a_model_whose_joints_are_unknown_no_activation_is_missed():
    model = ten(BARE, BARE).model
    opaque = replace(model, layers=tuple(replace(one, sources=None) for one in model.layers), sequential=False)
    assert found(History(model=opaque)) == {}


def drawn(initializer, activation="relu", **config):
    return replace(dense(64, activation), initializer=initializer, initializer_config=config)


@pytest.mark.parametrize(
    ("hidden", "severity"),
    [
        ([drawn("Zeros")], "problem"),
        ([drawn("Constant", value=0.3)], "problem"),
        ([drawn("RandomNormal", stddev=10.0)], "warning"),
        ([drawn("RandomNormal", stddev=1.0)] * 3, "warning"),
        ([drawn("RandomNormal", stddev=0.002)] * 3, "warning"),
        ([drawn("RandomNormal", stddev=0.002)], "info"),
        ([drawn("RandomNormal", stddev=10.0), layer("BatchNormalization", normalizes=True)], None),
        ([drawn("RandomNormal", stddev=0.05), drawn("RandomUniform", minval=-0.05, maxval=0.05)], None),
        ([drawn("HeNormal"), drawn("GlorotUniform"), drawn("Orthogonal")], None),
        ([replace(drawn("Own"), weight_spread=30.0)], "warning"),
    ],
)
def test_initial_weights_out_of_scale_or_alike(hidden, severity):
    assert found(ten(*hidden)).get("poor-initializer") == severity
    assert found(ten(*hidden, hyperparameters={"initializer": "he"})).get("poor-initializer") is None


def test_an_output_layer_may_start_from_zero():
    model = network(dense(64), replace(dense(10, "softmax"), initializer="Zeros"), loss=SPARSE)
    assert found(History(model=model)) == {}


@pytest.mark.parametrize(
    ("penalty", "curves", "severity"),
    [
        ({"l2": 0.01}, {}, None),
        ({"l2": 0.05}, {}, None),
        ({"l2": 0.05}, FAILED, "warning"),
        ({"l2": 0.5}, {}, "warning"),
        ({"l1": 0.05}, FAILED, "problem"),
        ({"l2": 2.0}, FAILED, "problem"),
        ({"l2": 2.0}, LEARNT, "info"),
    ],
)
def test_a_penalty_is_graded_by_strength_and_outcome(penalty, curves, severity):
    assert found(ten(dense(64, **penalty), curves=curves)).get("regularization-too-strong") == severity
    weak = ten(dense(64, **penalty), curves=curves, hyperparameters={"l2": 1e-4})
    assert "regularization-too-strong" not in found(weak)
    assert "regularization-too-strong" in found(ten(dense(64), hyperparameters={"l2": 0.5}))


@pytest.mark.parametrize(
    ("batch", "epochs", "curves", "severity"),
    [
        (500, 10, {}, "warning"),
        (500, 80, {}, "info"),
        (500, 1000, {}, None),
        (500, 10, LEARNT, "info"),
        (32, 3, {}, None),
        (1, 10, {}, None),
        (1, 10, FAILED, "warning"),
    ],
)
def test_a_batch_is_judged_by_the_steps_that_it_leaves(batch, epochs, curves, severity):
    settings = {"batch_size": batch, "epochs": epochs}
    history = History(curves, hyperparameters=settings, facts={"training_rows": ROWS})
    assert found(history).get("batch-size-unfit") == severity


def test_steps_of_a_plain_keras_history_tell_its_batch():
    facts = {"training_rows": 1797, "steps_per_epoch": 1}
    (finding,) = diagnose_history(History(facts=facts, planned_epochs=10), RULES)
    assert finding.name == "batch-size-unfit" and finding.evidence["batch"] == 1797


@pytest.mark.parametrize(
    ("units", "curves", "severity"),
    [(1, {}, "info"), (2, FAILED, "problem"), (2, LEARNT, None), (4, FAILED, None), (32, FAILED, None)],
)
def test_a_layer_too_narrow_for_its_classes(units, curves, severity):
    assert found(ten(dense(64), dense(units), dense(64), curves=curves)).get("too-little-capacity") == severity


def test_a_single_hidden_unit_is_blamed_only_for_a_run_that_learns_little():
    model = network(dense(1), dense(1, "sigmoid"), loss=BCE)
    flat = {"loss": np.full(12, 0.69), "accuracy": np.full(12, 0.5)}
    assert found(History(flat, model=model, data=BINARY)) == {"too-little-capacity": "warning"}
    assert found(History(model=model, data=BINARY)) == {}


@pytest.mark.parametrize(
    ("activations", "curves", "severity"),
    [
        (["sigmoid"] * 2, FAILED, None),
        (["sigmoid"] * 3, {}, "info"),
        (["sigmoid"] * 3, FAILED, "warning"),
        (["sigmoid"] * 5, {}, "warning"),
        (["sigmoid"] * 5, FAILED, "problem"),
        (["sigmoid", "relu", "sigmoid", "relu", "sigmoid"], FAILED, None),
        (["tanh"] * 3, LEARNT, "info"),
        (["softmax"], {}, "warning"),
        (["softmax"], FAILED, "problem"),
    ],
)
def test_hidden_activations_that_stop_gradients(activations, curves, severity):
    hidden = [dense(32, name) for name in activations]
    assert found(ten(*hidden, curves=curves)).get("saturating-activations") == severity


def test_normalisation_between_saturating_layers_keeps_them_alive():
    norm = layer("BatchNormalization", normalizes=True)
    hidden = [part for _ in range(5) for part in (dense(32, "sigmoid"), norm)]
    assert found(ten(*hidden, curves=FAILED)) == {}


def test_nothing_is_said_without_a_model_or_with_an_empty_one():
    assert found(History(FAILED)) == {} and found(History(FAILED, model=ModelProfile())) == {}
