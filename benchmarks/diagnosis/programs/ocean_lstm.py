"""Temperatures of the Pacific: an LSTM over twelve months."""

from __future__ import annotations

from ..fresh_data import ocean
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, lstm, reshape


def recipe() -> Recipe:
    training, validation = ocean()
    return Recipe(
        "regression",
        (reshape(12, 1), lstm(12), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=1e-2,
        batch_size=16,
        epochs=20,
    )


PROGRAM = Program("ocean_lstm", "fresh", "temperatures of the Pacific", recipe)
