"""Hidden layers without activation: however deep, the network is linear."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import activated


def inject(recipe: Recipe) -> Recipe:
    return activated(recipe, "linear")


FAULT = Fault(
    "no_activations",
    named("missing-activation"),
    frozenset({"missing-activation"}),
    (
        "digits_mlp",
        "digits_deep",
        "digits_even",
        "cancer_deep",
        "cars_mlp",
        "penguins_mlp",
        "moons_mlp",
        "clusters_deep",
        "friedman_mlp",
    ),
    inject,
    fact=True,
)
