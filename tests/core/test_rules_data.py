"""The rules about data on real data sets: silent when they are sound, and naming each fault put into them."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.model_selection import train_test_split

from kerastune_widget.core.diagnosis import all_rules, diagnose_history
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile
from kerastune_widget.core.profile_data import profile_data

RULES = [rule for rule in all_rules() if rule.code.startswith("KT4")]
EPOCHS = np.arange(12)
LEARNT = {
    "loss": 0.1 + np.exp(-EPOCHS / 2.0),
    "val_loss": 0.12 + np.exp(-EPOCHS / 2.0),
    "accuracy": 0.97 - 0.6 * np.exp(-EPOCHS / 2.0),
    "val_accuracy": 0.96 - 0.6 * np.exp(-EPOCHS / 2.0),
}
FAILED = {name: np.full(12, 2.3 if "loss" in name else 0.1) for name in LEARNT}


def standardised(load):
    x, y = load(return_X_y=True)
    return (x - x.mean(axis=0)) / x.std(axis=0), y


def windows(seed):
    rng = np.random.default_rng(seed)
    time = np.arange(1200) / 8
    series = np.sin(time) + 0.5 * np.sin(time / 3.3) + 0.1 * rng.normal(size=1200)
    series = (series - series.mean()) / series.std()
    return np.lib.stride_tricks.sliding_window_view(series[:-1], 24), series[24:]


@functools.cache
def sound(name):
    if name == "digits":
        x, y = load_digits(return_X_y=True)
        return x / 16, y
    if name == "diabetes":
        x, y = standardised(load_diabetes)
        return x, (y - y.mean()) / y.std()
    if name == "windows":
        return windows(0)
    return standardised({"cancer": load_breast_cancer, "wine": load_wine, "iris": load_iris}[name])


CLASSES = ["digits", "cancer", "wine", "iris"]
SOUND = [*CLASSES, "diabetes", "windows"]


def dense(name="dense", activation="relu", units=32, sources=()):
    return LayerProfile(name, "Dense", activation, units, 1000, sources=sources)


def model_for(y, before=()):
    regression = np.asarray(y).dtype.kind == "f"
    loss = "mean_squared_error" if regression else "sparse_categorical_crossentropy"
    activation = "linear" if regression else "softmax"
    entry = before[-1].name if before else None
    layers = (*before, dense(sources=(entry,) if entry else ()), dense("out", activation, 10, ("dense",)))
    return ModelProfile(layers, (OutputProfile(layer="out", units=10, activation=activation, loss=loss),))


def find(x, y, *validation, before=(), **known):
    data = profile_data(x, y, *validation)
    found = diagnose_history(History(data=data, model=model_for(y, before), **known), RULES)
    return {finding.name: finding for finding in found}


def split(name, seed=0):
    x, y = sound(name)
    training, validation, y_training, y_validation = train_test_split(x, y, test_size=0.25, random_state=seed)
    return training, y_training, validation, y_validation


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", SOUND)
def test_sound_data_are_met_with_silence(name, seed):
    x, y, *validation = split(name, seed)
    assert find(x, y, *validation) == {}
    assert find(x, y, *validation, epochs=LEARNT, hyperparameters={"shuffle": False, "class_weight": "none"}) == {}


@pytest.mark.parametrize(
    "x",
    [
        np.random.default_rng(0).uniform(-1, 1, (200, 8, 8, 1)),
        np.eye(30)[np.random.default_rng(0).integers(0, 30, 200)],
        np.random.default_rng(0).random((200, 1)) - 0.5,
        np.random.default_rng(0).random((200, 400)) * (np.random.default_rng(1).random((200, 400)) < 0.05) / 4,
    ],
    ids=["minus 1 to 1", "one hot", "one number", "sparse text"],
)
def test_inputs_of_about_unit_size_are_scaled_enough(x):
    assert "input-scale" not in find(x, np.arange(200) % 2)


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize(
    "change", [lambda x: 255 * x, lambda x: x + 100, lambda x: 1e-4 * x], ids=["times 255", "plus 100", "times 1e-4"]
)
def test_unscaled_inputs_are_found(name, change):
    x, y = sound(name)
    found = find(change(x), y)
    assert found["input-scale"].severity == "warning"
    assert found["input-scale"].layers == ("dense",)


def test_features_in_different_units_are_found():
    x, y = load_wine(return_X_y=True)
    found = find(x, y)["input-scale"]
    assert found.evidence["ratio"] == pytest.approx(x.std(axis=0).max() / x.std(axis=0).min(), rel=0.01)
    assert f"{found.evidence['ratio']:,.0f}" in found.message("en") and "倍" in found.message("zh")


@pytest.mark.parametrize(("epochs", "severity"), [({}, "warning"), (LEARNT, "warning"), (FAILED, "problem")])
def test_how_bad_the_scale_is_shows_in_the_run(epochs, severity):
    x, y = sound("digits")
    assert find(255 * x, y, epochs=epochs)["input-scale"].severity == severity


@pytest.mark.parametrize(
    "layer",
    [
        LayerProfile("scale", "Rescaling", rescales=True, sources=()),
        LayerProfile("scale", "Normalization", normalizes=True, rescales=True, sources=()),
        LayerProfile("scale", "BatchNormalization", parameters=40, normalizes=True, sources=()),
        LayerProfile("scale", "Embedding", parameters=4000, units=8, sources=()),
        LayerProfile("scale", "Lambda", sources=()),
        replace(dense("scale"), trainable=False),
    ],
    ids=lambda layer: layer.kind,
)
def test_who_scales_inside_the_model_is_left_alone(layer):
    x, y = sound("digits")
    assert "input-scale" not in find(255 * x, y, before=(layer,))


def test_what_only_passes_values_on_does_not_scale_them():
    x, y = sound("digits")
    flatten = LayerProfile("flatten", "Flatten", sources=())
    assert "input-scale" in find(255 * x, y, before=(flatten,))


def test_the_fix_of_the_scale_silences_it():
    x, y = sound("digits")
    fix = find(255 * x, y, hyperparameters={"normalization": False})["input-scale"].fix
    assert (fix.control, fix.value) == ("normalization", True)
    assert "input-scale" not in find(255 * x, y, hyperparameters={fix.control: fix.value})


@pytest.mark.parametrize(
    ("kept", "severity"), [(0.03, "warning"), (0.13, "info"), (0.5, None)], ids=["rare", "mild", "common"]
)
@pytest.mark.parametrize("name", ["digits", "cancer"])
def test_rare_classes_are_found(name, kept, severity):
    x, y = sound(name)
    rare = np.flatnonzero(y == 0)
    most = np.bincount(y)[1:].max()
    rows = np.concatenate([np.flatnonzero(y > 0), rare[: round(kept * most)]])
    found = find(x[rows], y[rows]).get("class-imbalance")
    assert (found and found.severity) == severity


def test_a_run_that_only_says_the_commonest_class_is_caught():
    x = np.random.default_rng(0).normal(size=(1000, 5))
    y = (np.arange(1000) < 50).astype(int)
    trapped = {"accuracy": np.full(12, 0.95), "loss": np.full(12, 0.2)}
    found = find(x, y, epochs=trapped, hyperparameters={"class_weight": "none"})["class-imbalance"]
    assert found.severity == "problem" and "95" in found.message()
    assert found.fix.control == "class_weight"
    useful = {"accuracy": np.full(12, 0.98), "loss": np.full(12, 0.06)}
    assert find(x, y, epochs=useful)["class-imbalance"].severity == "warning"
    for weights in ("own", "balanced"):
        assert "class-imbalance" not in find(x, y, epochs=trapped, hyperparameters={"class_weight": weights})


def test_a_note_about_the_order_is_no_cause_of_overfitting():
    x, y = in_order("digits")
    rises = LEARNT | {"val_loss": 1.0 + np.abs(EPOCHS - 4) / 8, "val_accuracy": np.full(12, 0.9)}
    found = diagnose_history(History(epochs=rises, data=profile_data(x, y), model=model_for(y)))
    because = {finding.name: finding.because for finding in found}
    assert because["overfitting"] == () and "data-order" in because


def in_order(name):
    x, y = sound(name)
    order = np.argsort(y, kind="stable")
    return x[order], y[order]


@pytest.mark.parametrize("name", CLASSES)
def test_sorted_rows_that_are_not_shuffled_are_found(name):
    x, y = in_order(name)
    found = find(x, y, hyperparameters={"shuffle": False})["data-order"]
    assert found.severity == "warning" and (found.fix.control, found.fix.value) == ("shuffle", True)
    assert find(x, y, epochs=FAILED, hyperparameters={"shuffle": False})["data-order"].severity == "problem"
    assert find(x, y, hyperparameters={"shuffle": True})["data-order"].severity == "info"


def test_the_order_of_a_series_is_only_noted():
    x, y = sound("windows")
    assert find(x, y, hyperparameters={"shuffle": False})["data-order"].severity == "info"
    assert find(x, y) == {}


def test_sorted_targets_are_no_series():
    x, y = in_order("diabetes")
    assert find(x, y, hyperparameters={"shuffle": False})["data-order"].severity == "warning"


def test_a_validation_split_off_the_end_of_sorted_rows_is_found():
    behind = LEARNT | {"val_accuracy": np.full(12, 0.02), "val_loss": np.full(12, 9.0)}
    assert find(*in_order("digits"), epochs=behind)["data-order"].severity == "warning"
    assert find(*in_order("digits"), epochs=LEARNT)["data-order"].severity == "info"


@pytest.mark.parametrize("noise", [0.15, 0.3])
@pytest.mark.parametrize("name", ["digits", "cancer"])
def test_wrong_labels_are_found(name, noise):
    x, y = sound(name)
    rng = np.random.default_rng(3)
    wrong = rng.random(len(y)) < noise
    classes = y.max() + 1
    found = find(x, np.where(wrong, (y + rng.integers(1, classes, len(y))) % classes, y))
    assert found["label-noise"].severity == "warning"
    assert found["label-noise"].evidence["inside"] == pytest.approx(noise, abs=0.08)


def test_labels_of_other_rows_are_found_when_a_run_learns_them_by_heart():
    x, y = sound("digits")
    dealt = np.random.default_rng(0).permutation(y)
    by_heart = LEARNT | {"val_accuracy": np.full(12, 0.1)}
    assert "label-noise" not in find(x, dealt)  # nearness may just not be what counts
    assert "label-noise" not in find(x, dealt, epochs=LEARNT)
    assert "other rows" in find(x, dealt, epochs=by_heart)["label-noise"].message()


def test_classes_that_overlap_are_not_called_wrong():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 3))
    y = (rng.random(1000) < 1 / (1 + np.exp(-2 * x[:, 0]))).astype(int)
    assert "label-noise" not in find(x, y)


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize(("copied", "severity"), [(1.0, "problem"), (0.4, "problem"), (0.15, "warning")])
def test_validation_rows_that_training_has_are_found(name, copied, severity):
    x, y, other, y_other = split(name)
    count = round(copied * len(other))
    other = np.concatenate([x[:count], other[count:]])
    assert find(x, y, other, y_other)["leakage"].severity == severity


@pytest.mark.parametrize("name", SOUND)
def test_altered_copies_are_found(name):
    x, y, other, y_other = split(name)
    noise = np.random.default_rng(0).normal(size=other.shape)
    found = find(x, y, x[: len(other)] + 1e-3 * noise, y_other)["leakage"]
    assert found.severity == "warning" and found.evidence["shared"] < 0.1


def test_rows_that_repeat_by_nature_are_no_leak():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 3, (600, 4)), rng.integers(0, 2, 600)
    assert "leakage" not in find(x[:450], y[:450], x[450:], y[450:])


def test_a_split_that_leaves_classes_out_is_found():
    x, y = in_order("digits")
    cut = int(0.8 * len(x))
    found = find(x[:cut], y[:cut], x[cut:], y[cut:])
    assert found["split-differs"].severity == "problem"
    assert found["split-differs"].because == ("data-order",) and found["data-order"].severity == "warning"
    x, y, other, y_other = split("digits")
    assert find(x, y, other[y_other != 4], y_other[y_other != 4])["split-differs"].evidence["label"] == 4


def test_a_split_that_keeps_the_largest_targets_is_found():
    x, y = in_order("diabetes")
    rows = np.random.default_rng(0).permutation(300)
    found = find(x[rows], y[rows], x[300:], y[300:])["split-differs"]
    assert found.severity == "warning" and "targets" in found.message()


def test_many_classes_of_few_rows_differ_by_chance():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(600, 5)), rng.integers(0, 100, 600)
    assert not {"split-differs", "class-imbalance"} & set(find(x[:360], y[:360], x[360:], y[360:]))


@pytest.mark.parametrize("name", ["digits", "cancer", "diabetes"])
def test_validation_data_on_another_scale_are_found(name):
    x, y, other, y_other = split(name)
    assert find(x, y, 16 * other, y_other)["split-differs"].severity == "problem"
    assert find(x, y, 3 * other, y_other)["split-differs"].severity == "warning"


def test_values_that_are_no_numbers_are_found():
    for bad in (np.nan, np.inf):
        x, y = (part.copy() for part in sound("diabetes"))
        x[3, 2] = bad
        assert find(x, y)["not-finite-data"].severity == "problem"
        assert find(x, y, epochs=LEARNT)["not-finite-data"].severity == "warning"
        x, y = (part.copy() for part in sound("diabetes"))
        y[5] = bad
        assert "targets" in find(x, y)["not-finite-data"].message()


@pytest.mark.parametrize("change", [lambda y: 152 + 77 * y, lambda y: 1e4 * y, lambda y: 1e-5 * y])
def test_targets_far_from_unit_size_are_found(change):
    x, y = sound("diabetes")
    assert find(x, change(y))["target-scale"].severity == "warning"
    assert find(x, change(y), epochs={"loss": np.full(12, 5.0)})["target-scale"].severity in ("warning", "problem")
    assert find(x, change(y), epochs={"loss": 5 * np.exp(-EPOCHS)})["target-scale"].severity == "info"


def test_targets_are_left_alone_where_output_or_loss_take_care_of_their_scale():
    x, y = sound("diabetes")
    data = profile_data(x, 152 + 77 * y)
    for output, layer in (
        (OutputProfile(activation="linear", loss="mean_absolute_percentage_error"), dense()),
        (OutputProfile(activation="linear", loss="mean_squared_error"), LayerProfile("up", "Rescaling", rescales=True)),
        (OutputProfile(activation="sigmoid", loss="mean_squared_error"), dense()),
    ):
        assert diagnose_history(History(data=data, model=ModelProfile((dense(), layer), (output,))), RULES) == []


def test_equal_rows_with_different_labels_are_found():
    x, y = sound("digits")
    twice, other = np.concatenate([x, x[:200]]), np.concatenate([y, (y[:200] + 1) % 10])
    assert find(twice, other)["contradictory-rows"].evidence["share"] == pytest.approx(400 / 1997)
    assert "contradictory-rows" not in find(twice, np.concatenate([y, y[:200]]))


def test_a_few_discrete_features_contradict_each_other_by_nature():
    rng = np.random.default_rng(0)
    found = find(rng.integers(0, 4, (500, 2)), rng.integers(0, 2, 500))
    assert found["contradictory-rows"].severity == "info"


def test_features_that_never_vary_are_found():
    x, y = sound("wine")
    assert find(np.zeros_like(x), y)["constant-features"].severity == "warning"
    some = x.copy()
    some[:, :3] = 1.0
    assert find(some, y)["constant-features"].severity == "info"
