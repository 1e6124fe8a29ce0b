"""An LSTM forecasts carbon dioxide."""

from ..data import carbon_dioxide
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, lstm, reshape


def recipe() -> Recipe:
    training, validation = carbon_dioxide()
    return Recipe(
        "regression",
        (reshape(13, 1), lstm(16), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=5e-3,
        epochs=25,
    )


PROGRAM = Program("carbon_lstm", "held_out", "carbon dioxide", recipe)
