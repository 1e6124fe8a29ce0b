"""Pictures of lines: a small convolutional network."""

from __future__ import annotations

from ..fresh_data import strokes
from ..program import Program
from ..recipe import LOSSES, Recipe, convolution, dense, dropout, flatten, pooling


def recipe() -> Recipe:
    training, validation = strokes()
    return Recipe(
        "classes",
        (convolution(12), pooling(), flatten(), dropout(0.3), dense(4, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=6e-3,
        epochs=15,
    )


PROGRAM = Program("strokes_cnn", "fresh", "pictures of lines", recipe)
