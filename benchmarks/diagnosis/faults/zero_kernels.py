"""All kernels start at zero, so that units stay alike or dead."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_kernels(kernel_initializer="zeros")


FAULT = Fault(
    "zero_kernels",
    named("poor-initializer"),
    frozenset({"poor-initializer"}),
    (
        "digits_mlp",
        "digits_cnn",
        "wine_mlp",
        "penguins_mlp",
        "patches_cnn",
        "cars_mlp",
        "votes_mlp",
        "clusters_deep",
        "tones_conv1d",
    ),
    inject,
)
