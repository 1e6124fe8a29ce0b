"""A rate sixty times too high on batches of four: the loss jumps from epoch to epoch."""

from ..fault import Fault, either
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(learning_rate=60 * recipe.rate, batch_size=4)


FAULT = Fault(
    "jumping",
    either("oscillation", "learning-rate-too-high"),
    frozenset({"oscillation", "learning-rate-too-high", "batch-size-unfit"}),
    (
        "wine_mlp",
        "iris_mlp",
        "sunspots_mlp",
        "diabetes_mlp",
        "cancer_mlp",
        "penguins_mlp",
        "cars_mlp",
        "carbon_mlp",
        "votes_mlp",
        "clusters_deep",
        "weather_mlp",
    ),
    inject,
)
