"""Two half-moons: dense layers."""

from __future__ import annotations

from ..fresh_data import moons
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = moons()
    return Recipe(
        "binary",
        (dense(24), dense(12), dense(1, "sigmoid")),
        training,
        validation,
        LOSSES["binary"],
        ("accuracy",),
        learning_rate=3e-3,
        batch_size=16,
        epochs=18,
    )


PROGRAM = Program("moons_mlp", "fresh", "half-moons", recipe)
