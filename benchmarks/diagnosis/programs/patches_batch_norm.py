"""A convolutional network with batch normalisation tells from which photograph a patch is."""

from ..data import patches
from ..program import Program
from ..recipe import LOSSES, Layer, Recipe, batch_norm, convolution, dense, relu


def recipe() -> Recipe:
    training, validation = patches()
    block = (convolution(12, "linear"), batch_norm(), relu(), convolution(16, "linear"), batch_norm(), relu())
    return Recipe(
        "binary",
        (*block, Layer("GlobalAveragePooling2D"), dense(1, "sigmoid")),
        training,
        validation,
        LOSSES["binary"],
        ("accuracy",),
        learning_rate=2e-3,
        epochs=12,
    )


PROGRAM = Program("patches_batch_norm", "held_out", "patches of photographs", recipe)
