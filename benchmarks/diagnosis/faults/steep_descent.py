"""Plain gradient descent with a rate so high that the loss runs away."""

from ..fault import Fault, either
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(optimizer="sgd", optimizer_options={}, learning_rate=3.0)


FAULT = Fault(
    "steep_descent",
    either("diverging") | either("learning-rate-too-high"),
    frozenset({"learning-rate-too-high"}),
    (
        "diabetes_mlp",
        "sunspots_mlp",
        "digits_deep",
        "cars_mlp",
        "carbon_mlp",
        "cancer_deep",
        "votes_mlp",
        "clusters_deep",
        "weather_mlp",
    ),
    inject,
)
