"""Shapes that real training logs have, drawn anew: what is said of them, and what must not be."""

import numpy as np
import pytest

from kerastune_widget.core.diagnosis import diagnose_history
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile
from kerastune_widget.core.reading import diagnose

EPOCHS = np.arange(24.0)
RANDOM = np.random.default_rng(7)


def falling(first, last, epochs=24, pace=0.2):
    return last + (first - last) * np.exp(-pace * np.arange(float(epochs)))


def of(*pairs):
    return dict(zip(("loss", "val_loss", "accuracy", "val_accuracy"), map(list, pairs), strict=False))


JUMPING = np.where(EPOCHS % 3 == 0, 0.3, np.where(EPOCHS % 3 == 1, 2.4, 4.1))
LAGS = of(falling(0.7, 0.45), [0.8] * 24, falling(0.5, 0.9), 0.55 + 0.01 * RANDOM.normal(size=24))
KNOWN_BEFORE = of(
    [0.21, 0.2, 0.2, 0.19, 0.19, 0.19, 0.18], [1.1] * 7, [0.96] * 7, [0.79, 0.8, 0.81, 0.8, 0.79, 0.8, 0.8]
)
ONE_CLASS = of(falling(1.2, 0.1, 6, 0.9), [3.1, 4.0, 5.2, 4.4, 5.9, 5.1], falling(0.5, 0.97, 6, 0.9), [0.1667] * 6)
FROZEN = of([7.6, *[8.0] * 8])
ROSE = of(np.linspace(0.18, 0.2, 20) + 1e-4 * RANDOM.normal(size=20))
TURNED = of(
    [*falling(2.6, 0.06, 14, 0.5), 0.09, 0.14, 0.2, 0.29, 0.4, 0.5], [*falling(0.9, 0.06, 14, 0.5), *[0.2, 0.3] * 3]
)
STEADILY = of([1.4, 1.2, 1.12, 1.09, 1.11, 1.14, 1.17, 1.2, 1.23], [1.2, 1.0, 0.96, 0.95, 0.99, 1.02, 1.05, 1.08, 1.11])
UNBOUNDED = of(-3e4 * 2.0 ** np.arange(12.0))
THROWN_UP_LATE = of([90.0, 24, 20, 40, 18, 25, 6, 4, 15, 3, 8, 300, 5, 2, 30, 4])
UNMOVED = of(falling(1.9, 1.5, 10), 1.79 + 0.002 * RANDOM.normal(size=10), falling(0.17, 0.26, 10))
TINY_SET = of(
    falling(1.2, 0.2, 16), falling(1.1, 0.6, 16), falling(0.4, 0.95, 16), [9 / 13, 11 / 13, 12 / 13, 11 / 13] * 4
)


@pytest.mark.parametrize(
    ("curves", "name", "severity", "words"),
    [
        (of(falling(0.9, 0.2), JUMPING), "oscillation", "warning", "went its way calmly"),
        (LAGS, "overfitting", "warning", "of the validation rows"),
        (KNOWN_BEFORE, "overfitting", "warning", "96.0% of the training rows"),
        (ONE_CLASS, "training-inference-mismatch", "warning", "exactly 16.67%"),
        (FROZEN, "underfitting", "problem", "stays the same, 8"),
        (ROSE, "underfitting", "warning", "did not fall"),
        (TURNED, "rising-together", "problem", "Since epoch 13"),
        (STEADILY, "rising-together", "warning", "Since epoch 4"),
        (UNBOUNDED, "diverging", "problem", "without a bound"),
        (THROWN_UP_LATE, "oscillation", "warning", "jumped"),
        (UNMOVED, "no-clear-pattern", "info", "no lower than after its first epoch"),
        (TINY_SET, "validation-too-small", "warning", "fractions of 13"),
    ],
)
def test_the_first_thing_said(curves, name, severity, words):
    first = diagnose(curves)[0]
    assert (first.name, first.severity) == (name, severity) and words in first.message()


def names(curves):
    return [finding.name for finding in diagnose(curves)]


def test_a_restless_measure_is_a_note_where_validation_is_calm():
    dry = np.where(EPOCHS % 2 == 0, 0.3, 0.62)  # every other epoch is one batch
    dry[0] = 0.7
    first = diagnose(of(dry, falling(0.7, 0.4)))[0]
    assert (first.name, first.severity) == ("oscillation", "info")


def test_a_metric_of_segmentation_tells_that_it_learns():
    flat = of(falling(0.194, 0.178))
    assert names(flat) == ["underfitting"]
    assert "underfitting" not in names(flat | {"mean_io_u": list(falling(0.2, 0.45))})


def test_training_loss_that_falls_is_no_crawl_whatever_validation_does():
    crawls = of(np.linspace(0.86, 0.79, 9), np.linspace(0.8, 0.77, 9))
    assert names(crawls)[0] == "learning-too-slow"
    assert "learning-too-slow" not in names(crawls | of(np.linspace(0.86, 0.7, 9)))


def test_a_wave_is_no_steady_rise():
    wave = 1.0 + 0.1 * np.sin(2 * np.pi * np.arange(36.0) / 12)
    assert "rising-together" not in names(of(wave * falling(1.2, 0.8, 36), wave * falling(1.3, 0.9, 36)))


def test_a_metric_may_move_by_chance_over_few_rows():
    losses = of(falling(1.2, 0.2, 16), falling(1.1, 0.6, 16))
    sinks = np.linspace(0.97, 0.7, 16) + 1e-3 * RANDOM.normal(size=16)
    assert "metric-disagrees" in names(losses | {"val_accuracy": list(sinks)})
    assert "metric-disagrees" not in names(losses | {"val_accuracy": list(np.round(6 * sinks) / 6)})


@pytest.mark.parametrize(
    ("curves", "said"),
    [
        (of(np.linspace(0.79, 0.74, 10), np.linspace(0.8, 0.76, 10), np.linspace(0.72, 0.74, 10)), False),
        (of([2.3026] * 10), True),
        (of(2.3026 + 1e-3 * RANDOM.normal(size=10), [2.31] * 10, [0.1] * 10), True),
    ],
    ids=["goes on", "frozen", "at chance"],
)
def test_of_a_log_that_begins_in_mid_run_only_what_needs_no_start_is_said(curves, said):
    history = History(epochs=curves, facts={"first_epoch": 40})
    found = [finding.name for finding in diagnose_history(history)]
    assert ("underfitting" in found) == said and "learning-too-slow" not in found


def test_numbers_said_are_those_of_the_last_row():
    healthy = of([*falling(2.0, 0.3, 21, 0.5), 0.31, 0.299, 0.337], [*falling(1.8, 0.35, 21, 0.5), 0.36, 0.348, 0.357])
    first = diagnose(healthy)[0]
    assert first.name == "healthy" and "to 0.337" in first.message() and "at 0.357" in first.message()


def test_what_still_changes_is_not_frozen():
    rounded = of([0.36, 0.33, 0.33, 0.33, 0.33], [0.37, 0.36, 0.36, 0.35, 0.35], [0.84, 0.85, 0.85, 0.86, 0.86])
    assert "problem" not in {finding.severity for finding in diagnose(rounded)}


def test_one_accuracy_over_few_rows_or_beside_a_probe_is_no_mismatch():
    assert "training-inference-mismatch" in names(ONE_CLASS)
    for known in ({"facts": {"validation_rows": 12}}, {"signals": {"inference_loss": {"model": np.full(7, 0.1)}}}):
        found = diagnose_history(History(epochs=ONE_CLASS, **known))
        assert "training-inference-mismatch" not in {finding.name for finding in found}


def test_jumps_over_few_rows_are_a_note():
    curves = of(falling(0.9, 0.2), JUMPING)
    found = {one.name: one for one in diagnose_history(History(epochs=curves, facts={"validation_rows": 20}))}
    assert found["oscillation"].severity == "info" and "batch norm" not in found["oscillation"].advice()


def test_batch_normalisation_is_not_named_where_there_is_none():
    plain = ModelProfile((LayerProfile("hidden", "Dense", "relu", 32, 99),))
    history = History(epochs=of(falling(0.9, 0.2), JUMPING), model=plain)
    found = {one.name: one for one in diagnose_history(history)}
    assert found["oscillation"].severity == "warning" and "batch norm" not in found["oscillation"].advice()
