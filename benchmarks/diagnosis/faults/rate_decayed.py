"""The rate has fallen to a thousandth within two epochs: training stands still half-way."""

from ..fault import Fault, either
from ..recipe import Layer, Recipe


def inject(recipe: Recipe) -> Recipe:
    steps = -(-len(recipe.training) // recipe.batch_size)
    options = {"initial_learning_rate": recipe.rate, "decay_steps": 2 * steps, "decay_rate": 1e-3}
    return recipe.but(learning_rate=Layer("ExponentialDecay", options))


NAMES = ("plateau", "learning-too-slow", "underfitting")
FAULT = Fault(
    "rate_decayed",
    either(*NAMES),
    frozenset(NAMES),
    (
        "digits_mlp",
        "digits_cnn",
        "sunspots_mlp",
        "patches_cnn",
        "cancer_mlp",
        "carbon_mlp",
        "moons_mlp",
        "strokes_cnn",
        "weather_mlp",
    ),
    inject,
)
