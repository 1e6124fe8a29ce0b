"""The learning rate is 50 times too high."""

from ..fault import Fault, either
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(learning_rate=recipe.rate * 50)


FAULT = Fault(
    "rate_rather_high",
    either("learning-rate-too-high", "oscillation", "diverging"),
    frozenset({"learning-rate-too-high", "oscillation"}),
    (
        "digits_mlp",
        "digits_deep",
        "digits_cnn",
        "digits_lstm",
        "cancer_deep",
        "penguins_mlp",
        "cars_mlp",
        "patches_cnn",
        "friedman_mlp",
        "tones_conv1d",
        "votes_mlp",
    ),
    inject,
)
