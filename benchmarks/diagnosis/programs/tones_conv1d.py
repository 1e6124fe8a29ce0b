"""Sines, squares and saws: convolutions over time."""

from __future__ import annotations

from ..fresh_data import tones
from ..program import Program
from ..recipe import LOSSES, Layer, Recipe, dense


def recipe() -> Recipe:
    training, validation = tones()
    wave = Layer("Conv1D", {"filters": 16, "kernel_size": 5, "activation": "relu"})
    body = (wave, Layer("MaxPooling1D"), wave, Layer("GlobalMaxPooling1D"))
    return Recipe(
        "classes",
        (*body, dense(3, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=3e-3,
        epochs=15,
    )


PROGRAM = Program("tones_conv1d", "fresh", "generated tones", recipe)
