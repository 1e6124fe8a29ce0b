"""Two small layers tell three kinds of iris, with a rate that falls along a cosine."""

from ..data import iris
from ..program import Program
from ..recipe import LOSSES, Layer, Recipe, dense


def recipe() -> Recipe:
    training, validation = iris()
    return Recipe(
        "classes",
        (dense(16), dense(16), dense(3, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        learning_rate=Layer("CosineDecay", {"initial_learning_rate": 1e-2, "decay_steps": 360}),
        batch_size=8,
        epochs=30,
    )


PROGRAM = Program("iris_mlp", "tuning", "iris", recipe)
