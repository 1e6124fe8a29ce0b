"""A schedule the wrong way round: the rate grows threefold each epoch, and both losses rise."""

from ..fault import Fault, either
from ..recipe import Layer, Recipe


def inject(recipe: Recipe) -> Recipe:
    steps = -(-len(recipe.training) // recipe.batch_size)
    options = {"initial_learning_rate": recipe.rate, "decay_steps": steps, "decay_rate": 3.0}
    return recipe.but(learning_rate=Layer("ExponentialDecay", options), epochs=12)


NAMES = ("rising-together", "diverging", "learning-rate-too-high")
FAULT = Fault(
    "rate_grows",
    either(*NAMES),
    frozenset(NAMES),
    (
        "digits_mlp",
        "digits_deep",
        "diabetes_mlp",
        "cancer_mlp",
        "cars_mlp",
        "patches_cnn",
        "clusters_deep",
        "rhythms_lstm",
        "blobs_mlp",
    ),
    inject,
)
