"""Four classes of scattered clusters: batch normalisation before each ReLU."""

from __future__ import annotations

from ..fresh_data import clusters
from ..program import Program
from ..recipe import LOSSES, Recipe, batch_norm, dense, dropout, relu


def recipe() -> Recipe:
    training, validation = clusters()
    block = (batch_norm().but(momentum=0.9), relu(), dropout(0.2))
    return Recipe(
        "classes",
        (dense(32, "linear"), *block, dense(16, "linear"), *block, dense(4, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=3e-3,
        epochs=15,
    )


PROGRAM = Program("clusters_batch_norm", "fresh", "scattered clusters", recipe)
