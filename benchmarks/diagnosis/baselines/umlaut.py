"""UMLAUT, a Keras callback that checks each epoch by rules of thumb."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kerastune_widget.core.history import History

from ..baseline import Baseline, loss_broke

SOURCE = (
    "Schoop, Huang, Hartmann: UMLAUT, CHI 2021. Its heuristics on inputs, outputs, activations, dropout, learning "
    "rate, NaN, overfitting and validation accuracy; a sigmoid counts as the softmax that it asks for."
)
HIGH_RATE, LOW_RATE = 0.01, 1e-7
HIGH_DROPOUT = 0.5
ACCURACY_GAP, GAP_FROM = 0.05, 3


def check(history: History) -> set[str]:
    return {name for name, test in _TESTS.items() if test(history)}


def _input_not_normalized(history: History) -> bool:
    return history.data is not None and any(one.minimum < -1 or one.maximum > 1 for one in history.data.inputs)


def _no_softmax(history: History) -> bool:
    outputs = history.model.outputs if history.model else ()
    return any(
        "crossentropy" in one.loss and not one.from_logits and one.activation not in ("softmax", "sigmoid")
        for one in outputs
    )


def _missing_activation(history: History) -> bool:
    layers = history.model.layers if history.model else ()
    weighted = [place for place, layer in enumerate(layers) if layer.kind in ("Dense", "Conv2D")]
    return any(
        all(layer.activation == "linear" for layer in layers[first:second]) for first, second in pairwise(weighted)
    )


def _high_dropout(history: History) -> bool:
    layers = history.model.layers if history.model else ()
    return any((layer.dropout or 0) > HIGH_DROPOUT for layer in layers)


def _rate(history: History) -> float:
    rate = history.hyperparameters.get("learning_rate")
    return float(rate) if isinstance(rate, int | float) else float("nan")


def _overfitting(history: History) -> bool:
    train, valid = np.diff(history.series("loss")), np.diff(history.series("val_loss"))
    both = min(len(train), len(valid))
    return bool(((valid[:both] > 0) & (train[:both] <= 0)).any())


def _high_validation(history: History) -> bool:
    train, valid = history.series("accuracy"), history.series("val_accuracy")
    both = min(len(train), len(valid))
    return bool((valid[GAP_FROM:both] - train[GAP_FROM:both] > ACCURACY_GAP).any())


_TESTS = {
    "input not normalized": _input_not_normalized,
    "no softmax": _no_softmax,
    "missing activation": _missing_activation,
    "high dropout": _high_dropout,
    "high learning rate": lambda history: _rate(history) > HIGH_RATE,
    "low learning rate": lambda history: _rate(history) < LOW_RATE,
    "NaN in loss": loss_broke,
    "overfitting": _overfitting,
    "high validation accuracy": _high_validation,
}
MEANS = {
    "input not normalized": frozenset({"input-scale"}),
    "no softmax": frozenset({"output-loss-mismatch"}),
    "missing activation": frozenset({"missing-activation"}),
    "high dropout": frozenset({"dropout-too-high"}),
    "high learning rate": frozenset({"learning-rate-too-high"}),
    "low learning rate": frozenset({"learning-too-slow"}),
    "NaN in loss": frozenset({"diverging", "not-finite-data"}),
    "overfitting": frozenset({"overfitting", "overconfidence"}),
    "high validation accuracy": frozenset({"validation-better", "leakage", "split-differs"}),
}
BASELINE = Baseline("UMLAUT", SOURCE, MEANS, check)
