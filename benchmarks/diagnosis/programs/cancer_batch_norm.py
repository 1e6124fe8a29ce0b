"""Batch normalisation between dense layers, trained with momentum, tells benign cells from malign ones."""

from ..data import cancer
from ..program import Program
from ..recipe import LOSSES, Recipe, batch_norm, dense, dropout, relu


def recipe() -> Recipe:
    training, validation = cancer()
    block = (batch_norm(), relu(), dropout(0.3))
    return Recipe(
        "binary",
        (dense(24, "linear"), *block, dense(12, "linear"), *block, dense(1, "sigmoid")),
        training,
        validation,
        LOSSES["binary"],
        ("accuracy",),
        optimizer="sgd",
        optimizer_options={"momentum": 0.9},
        learning_rate=0.01,
        epochs=20,
    )


PROGRAM = Program("cancer_batch_norm", "held_out", "breast cancer", recipe)
