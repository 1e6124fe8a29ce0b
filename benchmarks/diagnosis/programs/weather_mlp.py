"""Weather of Seattle: tanh layers."""

from __future__ import annotations

from ..fresh_data import weather
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = weather()
    return Recipe(
        "regression",
        (dense(16, "tanh"), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=3e-3,
        epochs=15,
    )


PROGRAM = Program("weather_mlp", "fresh", "weather of Seattle", recipe)
