"""Six ReLU layers with He initialisation read digits."""

from ..data import digits
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout, flatten


def recipe() -> Recipe:
    body = [dense(48, kernel_initializer="he_normal") for _ in range(6)]
    layers = (flatten(), *body, dropout(0.2), dense(10, "softmax"))
    training, validation = digits()
    return Recipe("classes", layers, training, validation, LOSSES["classes"], ("accuracy",), epochs=12)


PROGRAM = Program("digits_deep", "tuning", "digits", recipe)
