"""Dense layers with batch normalisation, trained with momentum, read digits."""

from ..data import digits
from ..program import Program
from ..recipe import LOSSES, Recipe, batch_norm, dense, dropout, flatten, relu


def recipe() -> Recipe:
    block = (batch_norm(), relu(), dropout(0.2))
    layers = (flatten(), dense(64, "linear"), *block, dense(32, "linear"), *block, dense(10, "softmax"))
    training, validation = digits()
    return Recipe(
        "classes",
        layers,
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        optimizer="sgd",
        optimizer_options={"momentum": 0.9},
        learning_rate=0.02,
        epochs=15,
    )


PROGRAM = Program("digits_batch_norm", "tuning", "digits", recipe)
