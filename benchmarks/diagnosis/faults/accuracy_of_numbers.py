"""Accuracy, which counts exact hits, as the metric of a regression: it stays at zero while the loss falls."""

from ..fault import Fault, either, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(metrics=("accuracy",))


FAULT = Fault(
    "accuracy_of_numbers",
    named("wrong-metric") | either("metric-disagrees", "wrong-metric"),
    frozenset({"wrong-metric", "metric-disagrees"}),
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
    fact=True,
)
