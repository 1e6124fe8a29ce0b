"""Two layers with dropout tell three species of penguins."""

from ..data import penguins
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = penguins()
    return Recipe(
        "classes",
        (dense(24), dropout(0.1), dense(12), dense(3, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=3e-3,
        batch_size=16,
        epochs=20,
    )


PROGRAM = Program("penguins_mlp", "held_out", "penguins", recipe)
