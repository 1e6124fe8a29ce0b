"""Tanh units get inputs a hundred times too large, and stand at their ends."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import activated


def inject(recipe: Recipe) -> Recipe:
    return activated(recipe, "tanh").map_rows(lambda rows: rows.map_x(lambda x: x * 100))


FAULT = Fault(
    "saturated_tanh",
    named("saturation"),
    frozenset({"saturation", "input-scale"}),
    (
        "digits_mlp",
        "wine_mlp",
        "sunspots_mlp",
        "penguins_tanh",
        "cancer_mlp",
        "cars_mlp",
        "votes_mlp",
        "clusters_deep",
        "weather_mlp",
    ),
    inject,
)
