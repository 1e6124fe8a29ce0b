"""Four classes of scattered clusters: five dense layers."""

from __future__ import annotations

from ..fresh_data import clusters
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = clusters()
    body = [dense(32, kernel_initializer="he_uniform") for _ in range(4)]
    return Recipe(
        "classes",
        (*body, dropout(0.3), dense(4, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=2e-3,
        epochs=11,
    )


PROGRAM = Program("clusters_deep", "fresh", "scattered clusters", recipe)
