"""All kernels start with a standard deviation of 3."""

from ..fault import Fault, named
from ..recipe import Layer, Recipe

WIDE = Layer("initializers.RandomNormal", {"stddev": 3.0})


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_kernels(kernel_initializer=WIDE)


FAULT = Fault(
    "huge_kernels",
    named("poor-initializer"),
    frozenset({"poor-initializer"}),
    (
        "digits_deep",
        "digits_even",
        "sunspots_mlp",
        "cancer_deep",
        "penguins_tanh",
        "carbon_mlp",
        "votes_mlp",
        "clusters_deep",
        "weather_mlp",
    ),
    inject,
)
