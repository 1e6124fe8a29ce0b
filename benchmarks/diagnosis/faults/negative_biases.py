"""Biases start so far below zero that the ReLUs behind them never fire."""

from ..fault import Fault, named
from ..recipe import Layer, Recipe

LOW = Layer("initializers.Constant", {"value": -10.0})


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_hidden(bias_initializer=LOW)


FAULT = Fault(
    "negative_biases",
    named("dying-relu"),
    frozenset({"dying-relu", "poor-initializer"}),
    (
        "digits_mlp",
        "digits_cnn",
        "sunspots_mlp",
        "penguins_mlp",
        "patches_cnn",
        "cars_mlp",
        "blobs_mlp",
        "moons_mlp",
        "friedman_mlp",
    ),
    inject,
)
