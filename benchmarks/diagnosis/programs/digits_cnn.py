"""A small convolutional network reads digits."""

from ..data import digits
from ..program import Program
from ..recipe import LOSSES, Recipe, convolution, dense, dropout, flatten, pooling


def recipe() -> Recipe:
    body = (convolution(16), convolution(16), pooling(), flatten(), dropout(0.3))
    training, validation = digits()
    return Recipe(
        "classes",
        (*body, dense(10, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=2e-3,
        epochs=15,
    )


PROGRAM = Program("digits_cnn", "tuning", "digits", recipe)
