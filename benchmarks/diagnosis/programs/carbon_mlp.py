"""Two dense layers forecast carbon dioxide."""

from ..data import carbon_dioxide
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = carbon_dioxide()
    return Recipe(
        "regression",
        (dense(24), dense(12), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=1e-3,
        batch_size=16,
        epochs=20,
    )


PROGRAM = Program("carbon_mlp", "held_out", "carbon dioxide", recipe)
