"""A dense layer forecasts sunspots."""

from ..data import sunspots
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = sunspots()
    return Recipe(
        "regression",
        (dense(8), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=2e-3,
        batch_size=16,
        epochs=25,
    )


PROGRAM = Program("sunspots_mlp", "tuning", "sunspots", recipe)
