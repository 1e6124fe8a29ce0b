"""One tanh layer tells three growers' wines."""

from ..data import wine
from ..program import Program
from ..recipe import LOSSES, Recipe, dense


def recipe() -> Recipe:
    training, validation = wine()
    return Recipe(
        "classes",
        (dense(16, "tanh"), dense(3, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=5e-3,
        batch_size=16,
        epochs=25,
    )


PROGRAM = Program("wine_mlp", "tuning", "wine", recipe)
