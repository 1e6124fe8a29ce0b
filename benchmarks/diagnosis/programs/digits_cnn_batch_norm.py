"""A convolutional network with batch normalisation and global pooling reads digits."""

from ..data import digits
from ..program import Program
from ..recipe import LOSSES, Layer, Recipe, batch_norm, convolution, dense, relu


def recipe() -> Recipe:
    norm = batch_norm().but(momentum=0.9)  # follows within the few hundred steps that there are
    block = [convolution(12, "linear"), norm, relu(), convolution(24, "linear"), norm, relu()]
    layers = (*block, Layer("GlobalAveragePooling2D"), dense(10, "softmax"))
    training, validation = digits()
    return Recipe(
        "classes", layers, training, validation, LOSSES["classes"], ("accuracy",), learning_rate=3e-3, epochs=12
    )


PROGRAM = Program("digits_cnn_batch_norm", "tuning", "digits", recipe)
