"""A ReLU on the output of a regression cuts off the negative half of the targets."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_output(activation="relu")


FAULT = Fault(
    "relu_output",
    named("output-loss-mismatch"),
    frozenset({"output-loss-mismatch"}),
    (
        "diabetes_mlp",
        "sunspots_mlp",
        "sunspots_lstm",
        "cars_mlp",
        "carbon_mlp",
        "carbon_lstm",
        "friedman_mlp",
        "weather_mlp",
        "ocean_lstm",
    ),
    inject,
)
