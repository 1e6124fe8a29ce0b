"""An LSTM reads digits line by line."""

from ..data import digits
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout, lstm, reshape


def recipe() -> Recipe:
    layers = (reshape(8, 8), lstm(32), dropout(0.2), dense(10, "softmax"))
    training, validation = digits()
    return Recipe(
        "classes", layers, training, validation, LOSSES["classes"], ("accuracy",), learning_rate=5e-3, epochs=16
    )


PROGRAM = Program("digits_lstm", "tuning", "digits", recipe)
