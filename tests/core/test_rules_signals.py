"""Rules on the probe's signals and on the rate: they speak when the run suffers, and leave a good run alone."""

import numpy as np
import pytest

from kerastune_widget.core.diagnosis import diagnose_history
from kerastune_widget.core.history import History

EPOCHS = np.arange(20)
LEARNT = {"loss": 0.1 + 2 * np.exp(-EPOCHS / 2), "val_loss": 0.12 + 2 * np.exp(-EPOCHS / 2)}
FLAT = {"loss": np.tile([2.30, 2.31], 10), "val_loss": np.tile([2.31, 2.30], 10)}
SETTINGS = {"learning_rate": 1e-3, "optimizer": "adam", "clipnorm": None, "initializer": "as_built"}
SIGNALS = {
    "dying-relu": {"dead_units": {"hidden": [0.2, 0.5, *[0.85] * 19]}},
    "saturation": {"saturated": {"hidden": [0.7] * 21}},
    "exploding-gradients": {"gradient_norm": {"first": [8e3] * 21, "last": [10.0] * 21}},
    "vanishing-gradients": {"gradient_norm": {"first": [1e-6] * 21, "middle": [1e-4] * 21, "last": [0.1] * 21}},
    "learning-rate-too-high": {"update_ratio": {"hidden": [np.nan, *[0.4] * 20]}},
}


def found(curves, signals, **settings):
    history = History(epochs=curves, hyperparameters=SETTINGS | settings, signals=signals)
    return {finding.name: finding for finding in diagnose_history(history)}


@pytest.mark.parametrize("name", SIGNALS)
def test_it_explains_a_run_that_learns_nothing_and_comes_first(name):
    findings = found(FLAT, SIGNALS[name], learning_rate=0.03 if "rate" in name else 1e-3)
    assert next(iter(findings)) == name
    assert findings["underfitting"].because == (name,)
    assert findings[name].fix is not None


@pytest.mark.parametrize("name", sorted(set(SIGNALS) - {"exploding-gradients"}))
def test_a_run_that_learns_is_healthy_in_spite_of_it(name):
    findings = found(LEARNT, SIGNALS[name], learning_rate=0.03 if "rate" in name else 1e-3)
    assert not [one for one in findings.values() if one.severity in ("problem", "warning")]
    assert "healthy" in findings


@pytest.mark.parametrize(
    "signals",
    [
        {"dead_units": {"hidden": [0.3] * 21}},
        {"saturated": {"hidden": [0.2] * 21}},
        {"gradient_norm": {"first": [0.3] * 21, "middle": [0.5] * 21, "last": [1.0] * 21}},
        {"update_ratio": {"hidden": [np.nan, *[1e-3] * 20]}},
        {"dead_units": {"hidden": [np.nan] * 21}},
    ],
)
def test_ordinary_signals_are_blamed_for_nothing(signals):
    assert not set(found(FLAT, signals)) & set(SIGNALS)


def test_the_layers_that_show_it_are_named_worst_first():
    signals = {"dead_units": {"one": [0.75] * 21, "two": [0.1] * 21, "three": [1.0] * 21}}
    assert found(FLAT, signals)["dying-relu"].layers == ("three", "one")


def test_the_span_begins_when_the_units_died():
    signals = {"dead_units": {"hidden": [0.1] * 8 + [0.9] * 13}}
    finding = found(FLAT, signals)["dying-relu"]
    assert finding.span == (7, 19)
    assert "while training" in finding.message()


def test_units_dead_at_birth_are_not_the_rates_fault():
    finding = found(FLAT, {"dead_units": {"hidden": [0.9] * 21}})["dying-relu"]
    assert finding.fix.control == "initializer"
    assert "learning rate" in finding.ruled_out()[0]


def test_dead_units_are_not_called_vanishing_gradients():
    signals = SIGNALS["vanishing-gradients"] | {"dead_units": {"middle": [1.0] * 21}}
    findings = found(FLAT, signals)
    assert "dying-relu" in findings and "vanishing-gradients" not in findings


def test_outrageous_gradients_are_named_even_where_the_run_learns():
    signals = {"gradient_norm": {"first": [3e4, *[1e3] * 20], "last": [10.0] * 21}}
    assert found(LEARNT, signals)["exploding-gradients"].severity == "warning"
    assert "exploding-gradients" not in found(LEARNT, {"gradient_norm": {"first": [200.0] * 21, "last": [1.0] * 21}})


def test_a_layer_measured_late_is_compared_where_both_were():
    signals = {"gradient_norm": {"first": [1e-6] * 21, "middle": [1e-4] * 21, "last": [*[np.nan] * 20, 0.1]}}
    assert next(iter(found(FLAT, signals))) == "vanishing-gradients"
    assert "vanishing-gradients" not in found(FLAT, {"gradient_norm": {name: [0.0] * 21 for name in "abc"}})


def test_gradients_in_proportion_to_large_targets_are_no_explosion():
    from kerastune_widget.core.data_profile import DataProfile, TargetProfile

    targets = (TargetProfile(kind="regression", spread=5e3, trivial={}),)
    history = History(epochs=FLAT, signals=SIGNALS["exploding-gradients"], data=DataProfile(rows=100, targets=targets))
    assert "exploding-gradients" not in {finding.name for finding in diagnose_history(history)}


@pytest.mark.parametrize(("optimizer", "rate"), [("adam", 0.2), ("sgd", 20.0), ("rmsprop", 1.0)])
def test_an_absurd_rate_is_named_before_the_first_run(optimizer, rate):
    history = History(hyperparameters={"learning_rate": rate, "optimizer": optimizer})
    assert [finding.name for finding in diagnose_history(history)] == ["learning-rate-too-high"]


@pytest.mark.parametrize(("optimizer", "rate"), [("adam", 0.05), ("sgd", 0.5), ("adam", 1e-3), ("rmsprop", 1e-4)])
def test_a_bold_rate_is_innocent_until_a_run_suffers(optimizer, rate):
    assert diagnose_history(History(hyperparameters={"learning_rate": rate, "optimizer": optimizer})) == []


def test_a_bold_rate_is_not_blamed_for_a_bad_run_whose_steps_are_ordinary():
    signals = {"update_ratio": {"hidden": [np.nan, *[2e-3] * 20]}}
    assert "learning-rate-too-high" not in found(FLAT, signals, learning_rate=0.03)
    assert "learning-rate-too-high" in found(FLAT, {}, learning_rate=0.03)


def test_the_noise_of_a_loss_near_zero_is_not_blamed_on_the_rate():
    random = np.random.default_rng(0)
    loss = 2 * np.exp(-EPOCHS) + 0.01 * random.uniform(0.2, 1.8, 20)
    signals = {"update_ratio": {"hidden": [np.nan, *[0.02] * 20]}}
    curves = {"loss": loss, "val_loss": loss + 0.05, "accuracy": 1 - loss / 9, "val_accuracy": 0.98 - loss / 9}
    assert "learning-rate-too-high" not in found(curves, signals, learning_rate=0.02)


def test_the_fix_of_a_high_rate_is_no_higher_than_usual():
    fix = found(FLAT, {}, learning_rate=3.0)["learning-rate-too-high"].fix
    assert fix.control == "learning_rate" and fix.value <= 1e-3


def test_tiny_steps_are_called_too_slow_without_a_known_rate():
    curves = {"loss": 2.3 - EPOCHS / 1e4, "val_loss": 2.31 - EPOCHS / 1e4}
    signals = {"update_ratio": {"hidden": [np.nan, *[1e-6] * 20]}}
    history = History(epochs=curves, signals=signals)
    assert diagnose_history(history)[0].name == "learning-too-slow"
