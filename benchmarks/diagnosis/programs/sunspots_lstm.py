"""An LSTM forecasts sunspots."""

from ..data import sunspots
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, lstm, reshape


def recipe() -> Recipe:
    training, validation = sunspots()
    return Recipe(
        "regression",
        (reshape(11, 1), lstm(8), dense(1, "linear")),
        training,
        validation,
        LOSSES["regression"],
        ("mae",),
        learning_rate=5e-3,
        batch_size=16,
        epochs=12,
    )


PROGRAM = Program("sunspots_lstm", "tuning", "sunspots", recipe)
