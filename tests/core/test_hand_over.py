"""When a run hands over: a pure function of its epochs."""

from __future__ import annotations

import pytest

from kerastune_widget.core.hand_over import HandOver, read_hand_over
from kerastune_widget.core.improvement import is_better, stalled_after

LOGS = {
    "val_loss": [0.9, 0.8, 0.85, 0.82, 0.7, 0.75, 0.76, 0.77],
    "loss": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3],
    "val_accuracy": [0.5, 0.4, 0.6, 0.7, 0.7, 0.7, 0.8, 0.8],
}


def due_at(value, since=0):
    """After how many epochs it is due, each asked with what is known then."""
    hand_over = read_hand_over(value)
    known = [{name: series[:epochs] for name, series in LOGS.items()} for epochs in range(9)]
    return [epochs for epochs in range(9) if hand_over.is_due(epochs, known[epochs], since)]


@pytest.mark.parametrize(
    ("value", "epochs"),
    [
        ("sgd(epoch=3)", [3]),
        ("sgd", [5]),
        ("sgd(when='stall', patience=2)", [4]),
        ("sgd(when='stall')", [8]),
        ("sgd(when='stall', patience=1, monitor='loss')", [8]),
        ("sgd(when='stall', patience=1, monitor='loss', min_delta=0.15)", [2]),
        ("sgd(when='stall', patience=1, monitor='val_accuracy')", [2]),
        ("sgd(when='stall', patience=2, monitor='val_accuracy')", [6]),
        ("sgd(when='stall', patience=5)", []),
        ("sgd(when='stall', monitor='val_auc')", []),
    ],
)
def test_it_is_due_once(value, epochs):
    assert due_at(value) == epochs


def test_only_epochs_since_it_was_set_count():
    assert due_at("sgd(when='stall', patience=2)", since=3) == [7]


def test_what_a_value_says():
    value = "sgd(epoch=3, learning_rate=0.1)"
    assert read_hand_over(value) == HandOver("sgd", epoch=3, learning_rate=0.1)
    assert read_hand_over(None) is None


def test_improvement_has_a_direction_and_a_least_change():
    assert is_better("val_accuracy", 0.6, 0.5) and not is_better("val_accuracy", 0.6, 0.5, 0.2)
    assert is_better("val_loss", 0.5, 0.6) and not is_better("val_loss", 0.5, 0.6, 0.2)
    assert not is_better("loss", float("nan"), 0.6) and is_better("loss", float("nan"), None)


def test_equal_in_float32_is_no_improvement():
    assert not is_better("loss", 0.1, 0.1 + 1e-12)


def test_a_metric_that_always_improves_never_stalls():
    assert stalled_after("loss", LOGS["loss"][:7], 1) is None
