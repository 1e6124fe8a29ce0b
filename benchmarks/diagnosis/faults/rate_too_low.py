"""The learning rate is 1,000 times too low."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(learning_rate=recipe.rate / 1000)


FAULT = Fault(
    "rate_too_low",
    named("learning-too-slow"),
    frozenset({"learning-too-slow"}),
    (
        "digits_mlp",
        "digits_batch_norm",
        "digits_even",
        "sunspots_mlp",
        "cancer_mlp",
        "cancer_batch_norm",
        "carbon_mlp",
        "patches_cnn",
        "blobs_mlp",
        "friedman_mlp",
        "tones_conv1d",
    ),
    inject,
)
