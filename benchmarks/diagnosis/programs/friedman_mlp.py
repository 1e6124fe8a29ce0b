"""Friedman's function: dense layers."""

from __future__ import annotations

from ..fresh_data import friedman
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = friedman()
    return Recipe(
        "regression",
        (dense(24), dense(12), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=5e-3,
        epochs=25,
    )


PROGRAM = Program("friedman_mlp", "fresh", "Friedman's first function", recipe)
