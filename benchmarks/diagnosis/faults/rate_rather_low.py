"""The learning rate is 100 times too low: the loss falls, hardly."""

from ..fault import Fault, either
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(learning_rate=recipe.rate / 100)


FAULT = Fault(
    "rate_rather_low",
    either("learning-too-slow", "still-learning"),
    frozenset({"learning-too-slow", "still-learning"}),
    (
        "digits_mlp",
        "digits_even",
        "sunspots_mlp",
        "cancer_mlp",
        "patches_cnn",
        "carbon_mlp",
        "ocean_lstm",
        "moons_mlp",
        "strokes_cnn",
    ),
    inject,
)
