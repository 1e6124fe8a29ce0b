"""The learning rate is 300 times too high."""

from ..fault import Fault, either
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(learning_rate=recipe.rate * 300)


FAULT = Fault(
    "rate_too_high",
    either("learning-rate-too-high"),
    frozenset({"learning-rate-too-high"}),
    (
        "digits_mlp",
        "digits_deep",
        "digits_cnn",
        "diabetes_mlp",
        "cancer_deep",
        "penguins_mlp",
        "cars_mlp",
        "patches_cnn",
        "weather_mlp",
        "clusters_deep",
        "rhythms_lstm",
    ),
    inject,
)
