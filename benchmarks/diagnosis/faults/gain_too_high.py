"""Eight ReLU layers whose initial weights make signal and gradient grow threefold at each."""

from ..fault import Fault, named
from ..recipe import Layer, Recipe
from ._edit import deepened

GROWING = Layer("initializers.VarianceScaling", {"scale": 18.0, "mode": "fan_in"})


def inject(recipe: Recipe) -> Recipe:
    return deepened(recipe, 8, kernel_initializer=GROWING)


FAULT = Fault(
    "gain_too_high",
    named("exploding-gradients"),
    frozenset({"exploding-gradients", "poor-initializer"}),
    (
        "digits_deep",
        "digits_mlp",
        "sunspots_mlp",
        "diabetes_mlp",
        "cancer_deep",
        "cars_mlp",
        "carbon_mlp",
        "votes_mlp",
        "clusters_deep",
        "weather_mlp",
    ),
    inject,
)
