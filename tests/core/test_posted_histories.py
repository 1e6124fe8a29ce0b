"""Histories of the kinds that people post and ask about: the first thing said is what an expert would say."""

import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.reading import diagnose

NAN = float("nan")
FALLING = {"loss": [0.4, 0.2, 0.12, 0.07, 0.04], "val_loss": [0.34, 0.31, 0.36, 0.43, 0.52]}
NOISE = np.random.default_rng(0).normal(0, 5e-4, 20)
AT_LN_2 = {"loss": 0.6931 + NOISE, "binary_accuracy": 0.5 + 10 * NOISE}
FORECAST = {
    "loss": [47.8, 11.2, 9.8, 9.4, 9.1, 8.9, 8.7, 8.5, 8.3, 8.1],
    "val_loss": [13.2, 9.8, 9.5, 9.7, 9.9, 10.1, 10.0, 10.3, 10.5, 10.6],
}


@pytest.mark.parametrize(
    ("curves", "name", "severity", "words"),
    [
        (FALLING, "overfitting", "warning", "(epoch 2)"),
        (AT_LN_2, "underfitting", "problem", "among 2 classes"),
        ({"loss": [7.7125] * 10, "accuracy": [0.5] * 10}, "underfitting", "problem", "stays the same, 7.713"),
        ({"loss": [2.1] + [NAN] * 4}, "diverging", "problem", "From epoch 2 on"),
        ({"loss": [NAN] * 5}, "diverging", "problem", "in any epoch"),
        ({"loss": 150 + 100 * np.exp(-np.arange(15.0))}, "plateau", "info", "brought next to nothing"),
        (FORECAST, "healthy", "good", "crept up from 9.5 in epoch 3"),
    ],
)
def test_the_first_finding_is_what_an_expert_would_say(curves, name, severity, words):
    first = diagnose(curves)[0]
    assert (first.name, first.severity) == (name, severity) and words in first.message()


def test_a_rise_of_a_short_run_must_be_steady_and_far():
    for valid in ([0.34, 0.31, 0.36, 0.35, 0.52], [0.34, 0.31, 0.32, 0.33, 0.34]):
        assert "overfitting" not in {finding.name for finding in diagnose(FALLING | {"val_loss": valid})}


def test_a_loss_that_is_still_at_chance_by_its_value_alone_is_no_problem():
    """ln 2 may be the level of a regression too; only the accuracy beside it tells."""
    assert diagnose({"loss": AT_LN_2["loss"]})[0].severity == "warning"


def test_rounded_accuracies_do_not_betray_few_rows_and_a_guess_is_called_one():
    loss = {"loss": [0.7, 0.6, 0.5, 0.45, 0.42, 0.4]}
    rounded = diagnose(loss | {"val_accuracy": [0.5, 0.6, 0.7, 0.75, 0.8, 0.85]})
    assert "validation-too-small" not in {finding.name for finding in rounded}
    counted = diagnose(loss | {"val_accuracy": np.array([31, 37, 43, 45, 49, 50]) / 61})
    guess = next(finding for finding in counted if finding.name == "validation-too-small")
    assert guess.message().startswith("All validation accuracies are whole fractions of 61")


def test_a_high_rate_is_not_blamed_while_a_young_run_falls():
    settings = {"learning_rate": 0.02, "optimizer": "adam"}
    curves = {"loss": [1.03, 0.88, 0.77, 0.68], "accuracy": [0.48, 0.55, 0.6, 0.64]}
    facts = {"classes": 2, "loss_name": "binary_crossentropy"}
    names = {finding.name for finding in diagnose(History(curves, hyperparameters=settings, facts=facts))}
    assert "learning-rate-too-high" not in names
    stuck = History({"loss": [0.7, 0.71, 0.7, 0.71], "accuracy": [0.5] * 4}, hyperparameters=settings, facts=facts)
    assert "learning-rate-too-high" in {finding.name for finding in diagnose(stuck)}


def test_a_loss_that_began_absurdly_high_and_falls_does_not_diverge():
    falling = {"loss": [2054.0, 622.0, 215.0, 123.0], "accuracy": [0.45, 0.56, 0.81, 0.9]}
    assert "diverging" not in {finding.name for finding in diagnose(falling)}
    jumping = falling | {"loss": [2054.0, 1622.0, 2215.0, 1823.0], "accuracy": [0.45, 0.5, 0.48, 0.5]}
    assert diagnose(jumping)[0].name == "diverging"
