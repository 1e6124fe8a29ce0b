"""A tanh layer, trained with RMSprop and a rate that decays, tells three species of penguins."""

from ..data import penguins
from ..program import Program
from ..recipe import LOSSES, Layer, Recipe, dense


def recipe() -> Recipe:
    training, validation = penguins()
    rate = Layer("ExponentialDecay", {"initial_learning_rate": 1e-2, "decay_steps": 100, "decay_rate": 0.8})
    return Recipe(
        "classes",
        (dense(12, "tanh"), dense(12, "tanh"), dense(3, "softmax")),
        training,
        validation,
        LOSSES["classes"],
        ("accuracy",),
        optimizer="rmsprop",
        learning_rate=rate,
        batch_size=16,
        epochs=20,
    )


PROGRAM = Program("penguins_tanh", "held_out", "penguins", recipe)
