"""A small network with weight decay predicts the progress of an illness."""

from ..data import diabetes
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = diabetes()
    return Recipe(
        "regression",
        (dense(16), dropout(0.1), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=3e-3,
        epochs=25,
    )


PROGRAM = Program("diabetes_mlp", "tuning", "diabetes", recipe)
