"""Two dense layers predict how far a car goes on a gallon."""

from ..data import cars
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = cars()
    return Recipe(
        "regression",
        (dense(24), dense(12), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=2e-3,
        batch_size=16,
        epochs=25,
    )


PROGRAM = Program("cars_mlp", "held_out", "cars", recipe)
