"""Voters of 1996: dense layers, dropout."""

from __future__ import annotations

from ..fresh_data import votes
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = votes()
    return Recipe(
        "binary",
        (dense(12), dropout(0.3), dense(1, "sigmoid")),
        training,
        validation,
        LOSSES["binary"],
        ("accuracy",),
        learning_rate=2e-3,
        epochs=15,
    )


PROGRAM = Program("votes_mlp", "fresh", "voters of 1996", recipe)
