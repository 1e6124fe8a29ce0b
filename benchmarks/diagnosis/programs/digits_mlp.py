"""Two dense layers with dropout read digits."""

from ..data import digits
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout, flatten


def recipe() -> Recipe:
    layers = (flatten(), dense(64), dropout(0.2), dense(64), dropout(0.2), dense(10, "softmax"))
    training, validation = digits()
    return Recipe("classes", layers, training, validation, LOSSES["classes"], ("accuracy",), epochs=20)


PROGRAM = Program("digits_mlp", "tuning", "digits", recipe)
