"""An L2 penalty of 1 on all kernels."""

from ..fault import Fault, named
from ..recipe import Layer, Recipe

HEAVY = Layer("regularizers.L2", {"l2": 1.0})


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_kernels(kernel_regularizer=HEAVY)


FAULT = Fault(
    "heavy_decay",
    named("regularization-too-strong"),
    frozenset({"regularization-too-strong"}),
    (
        "digits_mlp",
        "digits_deep",
        "diabetes_mlp",
        "cancer_deep",
        "cars_mlp",
        "penguins_mlp",
        "blobs_mlp",
        "moons_mlp",
        "friedman_mlp",
    ),
    inject,
    loss_tells=False,
)
