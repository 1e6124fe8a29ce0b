"""Programs of the kinds that people post with a bug, and their repair: the bug is named, the repair left in peace."""

import numpy as np
import pytest

from kerastune_widget.core.diagnosis import diagnose_history
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile
from kerastune_widget.core.profile_data import profile_data
from kerastune_widget.core.reading import diagnose
from kerastune_widget.core.signals import (
    COMMONEST_PREDICTION,
    DEAD_UNITS,
    GRADIENT_NORM,
    INFERENCE_LOSS,
    MODEL,
    UPDATE_RATIO,
)

RANDOM = np.random.default_rng(3)
LEARNT = {"loss": 0.05 + np.exp(-np.arange(12.0)), "val_loss": 0.06 + np.exp(-np.arange(12.0))}
FLAT = {"loss": 0.69 + 0.001 * RANDOM.normal(size=12), "val_loss": 0.7 + 0.001 * RANDOM.normal(size=12)}
NUMBERS = RANDOM.normal(size=(200, 6)).astype("float32")


def found(history):
    return {finding.name: finding.severity for finding in diagnose_history(history)}


def of(x, y, *validation, curves=None, model=None, signals=None, **known):
    data = profile_data(np.asarray(x), np.asarray(y), *validation)
    facts = {"training_rows": len(x), "classes": data.targets[0].classes}
    return History(epochs=curves or {}, data=data, model=model, signals=signals or {}, facts=facts, **known)


def network(units, activation, loss, *before, numbers=None):
    layers = (
        *before,
        LayerProfile("out", "Dense", activation, units, 99, sources=tuple(one.name for one in before[-1:])),
    )
    return ModelProfile(layers, (OutputProfile("", "out", units, activation, loss, numbers=numbers),), "adam")


# Outputs


@pytest.mark.parametrize(("given", "is_fault"), [(10, True), (1, False), (None, False)])
def test_an_answer_for_each_time_step_beside_one_target_a_row(given, is_fault):
    model = network(1, "linear", "mean_squared_error", numbers=given)
    for curves, severity in ((LEARNT, "warning"), (FLAT, "problem")):
        history = of(NUMBERS, NUMBERS[:, :1], model=model, curves=curves)
        assert found(history).get("output-loss-mismatch") == (severity if is_fault else None)


def test_what_no_data_could_mend_comes_before_the_data():
    model = network(1, "sigmoid", "binary_crossentropy", LayerProfile("hidden", "Dense", "relu", 32, 99))
    pixels, digits = RANDOM.integers(0, 256, (1200, 64)), RANDOM.integers(0, 10, 1200)
    curves = {"loss": -1000.0 * np.arange(1.0, 11.0), "accuracy": [0.1] * 10}
    first, *others = diagnose_history(of(pixels, digits, curves=curves, model=model))
    names = {one.name: one for one in others}
    assert first.name == "output-loss-mismatch" and names["input-scale"].severity == "problem"
    assert "output-loss-mismatch" in names["diverging"].because


def test_a_crossentropy_below_zero_has_targets_that_are_no_shares():
    curves = {"loss": -np.linspace(0.2, 8.0, 10), "accuracy": np.full(10, 0.5)}
    first = diagnose_history(History(epochs=curves, facts={"loss_name": "binary_crossentropy"}))[0]
    assert (first.name, first.severity) == ("diverging", "problem") and "cannot be negative" in first.message()
    assert "crossentropy" in first.advice() and first.fix is None


@pytest.mark.parametrize(
    "loss",
    [
        -np.linspace(0.2, 2.7, 10),  # three overlaps in one
        3.0 - 8.0 * (1 - np.exp(-0.4 * np.arange(14.0))),  # a likelihood that settles
        np.array([-1.0, -5, -20, -60, -150, -260, -330, -370, -390, -400]),
        -np.linspace(1, 900, 20),
    ],
)
def test_a_loss_below_zero_may_be_sound(loss):
    known = {"loss": loss, "accuracy": 0.9 - 0.4 * np.exp(-np.arange(float(len(loss))))}
    assert "diverging" not in {one.name for one in diagnose(known)}


# Data


def test_labels_that_are_all_the_same():
    assert found(of(NUMBERS, np.zeros(200, int), model=network(1, "sigmoid", "binary_crossentropy")))[
        "class-imbalance"
    ] == ("problem")


def test_rows_copied_to_balance_classes_before_the_split_are_a_leak():
    rare, common = NUMBERS[:10], NUMBERS[10:]
    x = np.concatenate([common, np.repeat(rare, 15, axis=0)])
    y = np.concatenate([np.zeros(len(common), int), np.ones(150, int)])
    order = RANDOM.permutation(len(x))
    x, y = x[order], y[order]
    assert "leakage" in found(of(x[:270], y[:270], x[270:], y[270:]))


def test_a_leak_is_no_cause_of_a_failure():
    y = (NUMBERS[:, 0] > 0).astype(int)
    curves = {"loss": np.linspace(0.7, 0.1, 12), "val_loss": np.linspace(0.8, 30.0, 12)}
    curves |= {"accuracy": np.linspace(0.5, 0.97, 12), "val_accuracy": np.full(12, 0.5)}
    hidden = LayerProfile("norm", "BatchNormalization", "linear", 32, 99, normalizes=True)
    model = network(1, "sigmoid", "binary_crossentropy", hidden)
    history = of(NUMBERS, y, NUMBERS[:80], y[:80], curves=curves, model=model, hyperparameters={"batch_size": 1})
    first, *others = diagnose_history(history)
    assert first.name == "batch-norm-small-batch" and {one.name: one.severity for one in others}["leakage"] == "warning"


def test_classes_uneven_by_nature_are_a_note():
    words = np.concatenate([np.arange(64), (64 * RANDOM.random(4000) ** 1.7).astype(int)])
    text = RANDOM.integers(0, 20, (len(words), 1))
    table = LayerProfile("words", "Embedding", "linear", 16, 99)
    history = of(text, words, model=network(64, "softmax", "sparse_categorical_crossentropy", table))
    assert found(history)["class-imbalance"] == found(history)["contradictory-rows"] == "info"


RARE = (np.arange(2000) % 20 == 0).astype(int)
MANY = RANDOM.normal(size=(2000, 6)).astype("float32")


def rare_run(accuracy, **more):
    curves = {"loss": np.linspace(0.6, 0.3, 12), "val_loss": np.linspace(0.6, 0.35, 12)}
    curves |= {"accuracy": np.full(12, accuracy), "val_accuracy": np.full(12, accuracy)}
    model = network(1, "sigmoid", "binary_crossentropy")
    return of(MANY[:1500], RARE[:1500], MANY[1500:], RARE[1500:], curves=curves | more, model=model)


def test_an_accuracy_below_the_majority_is_not_what_always_saying_so_gets():
    assert found(rare_run(0.95, val_loss=np.full(12, 0.7)))["class-imbalance"] == "problem"
    assert found(rare_run(0.88, val_loss=np.full(12, 0.7)))["class-imbalance"] == "warning"


def test_rows_that_are_told_apart_are_better_than_guessing():
    assert "no-better-than-trivial" in found(rare_run(0.9, val_loss=np.full(12, 0.7)))
    assert "no-better-than-trivial" not in found(rare_run(0.9, val_auc=np.full(12, 0.9), val_loss=np.full(12, 0.7)))


# The run


def test_a_probe_that_saw_the_first_epochs_only_is_outdated_by_validation():
    curves = {"loss": np.full(40, 0.1), "val_loss": np.concatenate([np.full(20, 1.4), np.full(20, 0.11)])}
    probed = np.full(41, np.nan)
    probed[[0, 4, 8, 12]] = [1.4, 1.3, 1.2, 1.3]
    early = History(epochs=curves, signals={INFERENCE_LOSS: {MODEL: probed}})
    assert "training-inference-mismatch" not in found(early)
    late = History(epochs=curves | {"val_loss": np.full(40, 1.3)}, signals={INFERENCE_LOSS: {MODEL: probed}})
    assert "training-inference-mismatch" in found(late)


def test_small_gradients_alone_have_not_vanished():
    signals = {GRADIENT_NORM: {name: np.full(13, 5e-8) for name in ("first", "second", "third")}}
    assert "vanishing-gradients" not in found(History(epochs=FLAT, signals=signals))
    signals[GRADIENT_NORM]["third"] = np.full(13, 1e-4)
    assert "vanishing-gradients" in found(History(epochs=FLAT, signals=signals))


def test_dead_units_do_not_matter_where_nothing_is_left_to_learn():
    signals = {DEAD_UNITS: {"hidden": np.full(13, 0.96)}}
    done = {"loss": 1e-6 + np.exp(-3.0 * np.arange(12.0))}
    assert found(History(epochs=done, signals=signals))["dying-relu"] == "info"
    small = {"loss": np.full(12, 4e-4), "val_loss": np.full(12, 4e-4)}
    signals[DEAD_UNITS]["hidden"] = np.full(13, 1.0)
    assert found(History(epochs=small, signals=signals))["dying-relu"] != "info"


def test_a_few_rows_in_usual_batches_lack_epochs_not_smaller_batches():
    few = of(NUMBERS[:4], [0, 1, 1, 0], hyperparameters={"batch_size": 4, "epochs": 10})
    finding = next(one for one in diagnose_history(few) if one.name == "batch-size-unfit")
    assert finding.severity == "info" and finding.fix is None and "more epochs" in finding.advice()
    whole = of(NUMBERS, RARE[:200], hyperparameters={"batch_size": 200, "epochs": 10})
    assert found(whole)["batch-size-unfit"] == "warning"


def test_units_that_the_first_steps_killed_do_not_excuse_the_rate():
    ratios = np.concatenate([[np.nan, 0.018], np.full(11, 0.003)])
    signals = {UPDATE_RATIO: {"hidden": ratios}, DEAD_UNITS: {"hidden": np.concatenate([[0.4], np.full(12, 1.0)])}}
    settings = {"learning_rate": 0.5, "optimizer": "sgd"}
    assert found(History(epochs=FLAT, signals=signals, hyperparameters=settings))["learning-rate-too-high"]
    signals[UPDATE_RATIO]["hidden"] = np.concatenate([[np.nan], np.full(12, 0.003)])
    assert "learning-rate-too-high" not in found(History(epochs=FLAT, signals=signals, hyperparameters=settings))


def test_a_run_lost_in_its_first_epoch_says_at_which_step():
    history = History(steps={"loss": [0.7, 3.0, 1e30, np.nan]}, status="diverged")
    first = diagnose_history(history)[0]
    assert first.name == "diverging" and "From step 4" in first.message() and "nan" not in first.message()


# Curves alone


@pytest.mark.parametrize(
    "curves",
    [
        {"loss": [0.0] * 10, "accuracy": [0.5] * 10},
        {"loss": np.linspace(2.0, 0.4, 12), "accuracy": np.full(12, 0.33)},
        {"loss": 0.9 * np.exp(-np.arange(12.0)) + 0.02, "accuracy": np.zeros(12)},
    ],
    ids=["constant", "accuracy that never moves", "accuracy of a regression"],
)
def test_a_loss_that_shows_in_nothing_is_not_healthy(curves):
    assert "healthy" not in {finding.name for finding in diagnose(curves)}


def test_a_smooth_fall_is_no_divergence_however_steep():
    for first, last in ((0.036, 6e-10), (109.8, 2.3)):
        loss = np.geomspace(first, last, 10)
        names = {finding.name for finding in diagnose({"loss": loss, "accuracy": np.full(10, 0.6)})}
        assert "diverging" not in names


def test_one_prediction_for_all_is_seen_by_the_probe_with_balanced_classes_too():
    history = rare_run(0.95, val_loss=np.full(12, 0.7))
    weighted = History(
        epochs=history.epochs,
        data=history.data,
        model=history.model,
        facts=history.facts,
        hyperparameters={"class_weight": "balanced"},
        signals={COMMONEST_PREDICTION: {MODEL: np.full(13, 1.0)}},
    )
    assert "no-better-than-trivial" in found(weighted)
