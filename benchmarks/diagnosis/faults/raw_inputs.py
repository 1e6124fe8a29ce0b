"""Inputs in raw units: features far from zero, of scales a thousandfold apart."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Array, Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(lambda rows: rows.map_x(_raw))


def _raw(x: Array) -> Array:
    if x.ndim > 2:
        return x * 255 * 4
    scales = np.random.default_rng(0).permutation(np.logspace(0, 3, x.shape[1]))
    return x * scales + 3 * scales


FAULT = Fault(
    "raw_inputs",
    named("input-scale"),
    frozenset({"input-scale"}),
    (
        "digits_mlp",
        "wine_mlp",
        "diabetes_mlp",
        "sunspots_mlp",
        "cancer_mlp",
        "penguins_mlp",
        "cars_mlp",
        "carbon_mlp",
        "blobs_mlp",
        "moons_mlp",
        "friedman_mlp",
    ),
    inject,
)
