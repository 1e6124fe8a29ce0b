"""Eight sigmoid layers on one another: the gradient shrinks at each."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import deepened


def inject(recipe: Recipe) -> Recipe:
    return deepened(recipe, 8, activation="sigmoid")


FAULT = Fault(
    "sigmoid_stack",
    named("vanishing-gradients", "saturating-activations"),
    frozenset({"vanishing-gradients", "saturating-activations"}),
    (
        "digits_mlp",
        "digits_deep",
        "sunspots_mlp",
        "cancer_deep",
        "carbon_mlp",
        "cars_mlp",
        "blobs_mlp",
        "moons_mlp",
        "friedman_mlp",
    ),
    inject,
)
