"""Targets in raw units: around 5,000, give or take 1,000."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe, Rows


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(lambda rows: Rows(rows.x, (rows.y * 1000 + 5000).astype(np.float32)))


FAULT = Fault(
    "large_targets",
    named("target-scale"),
    frozenset({"target-scale"}),
    (
        "diabetes_mlp",
        "sunspots_mlp",
        "sunspots_lstm",
        "cars_mlp",
        "carbon_mlp",
        "carbon_lstm",
        "friedman_mlp",
        "weather_mlp",
        "ocean_lstm",
    ),
    inject,
    loss_tells=False,
)
