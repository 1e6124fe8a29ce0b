"""Five layers and a softmax of two tell benign cells from malign ones."""

from ..data import cancer
from ..program import Program
from ..recipe import LOSSES, Recipe, dense, dropout


def recipe() -> Recipe:
    training, validation = cancer()
    body = [dense(24, kernel_initializer="he_uniform") for _ in range(5)]
    return Recipe(
        "classes",
        (*body, dropout(0.3), dense(2, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=1e-3,
        epochs=12,
    )


PROGRAM = Program("cancer_deep", "held_out", "breast cancer", recipe)
