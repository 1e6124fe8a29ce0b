"""A small convolutional network tells from which photograph a patch is."""

from ..data import patches
from ..program import Program
from ..recipe import LOSSES, Recipe, convolution, dense, dropout, flatten, pooling


def recipe() -> Recipe:
    training, validation = patches()
    layers = (convolution(12), pooling(), convolution(16), flatten(), dropout(0.3), dense(2, "softmax"))
    return Recipe("classes", layers, training, validation, LOSSES["classes"], ("accuracy",), epochs=15)


PROGRAM = Program("patches_cnn", "held_out", "patches of photographs", recipe)
