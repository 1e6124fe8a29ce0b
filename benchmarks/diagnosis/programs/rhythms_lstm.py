"""Random walks of three memories: an LSTM."""

from __future__ import annotations

from ..fresh_data import rhythms
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, lstm, reshape


def recipe() -> Recipe:
    training, validation = rhythms()
    return Recipe(
        "classes",
        (reshape(20, 1), lstm(16), dense(3, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=5e-3,
        epochs=15,
    )


PROGRAM = Program("rhythms_lstm", "fresh", "random walks", recipe)
