"""A sigmoid tells even digits from odd ones; logits go to the loss."""

from ..data import even_digits
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout, flatten


def recipe() -> Recipe:
    layers = (flatten(), dense(48), dropout(0.2), dense(24), dense(1, "sigmoid"))
    training, validation = even_digits()
    return Recipe("binary", layers, training, validation, LOSSES["binary"], ("accuracy",), epochs=15)


PROGRAM = Program("digits_even", "tuning", "even and odd digits", recipe)
