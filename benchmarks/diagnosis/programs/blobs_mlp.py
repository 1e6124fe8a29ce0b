"""Points of five classes: dense layers."""

from __future__ import annotations

from ..fresh_data import blobs
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = blobs()
    return Recipe(
        "classes",
        (dense(24), dropout(0.1), dense(5, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=3e-3,
        epochs=15,
    )


PROGRAM = Program("blobs_mlp", "fresh", "points around five centres", recipe)
