"""A sigmoid tells benign cells from malign ones."""

from ..data import cancer
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = cancer()
    return Recipe(
        "binary",
        (dense(16), dropout(0.3), dense(1, "sigmoid")),
        training,
        validation,
        LOSSES["binary"],
        ("accuracy",),
        learning_rate=2e-3,
        epochs=20,
    )


PROGRAM = Program("cancer_mlp", "held_out", "breast cancer", recipe)
