"""As many columns that never vary as there are features."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(lambda rows: rows.map_x(lambda x: np.concatenate([x, np.ones_like(x)], axis=1)))


FAULT = Fault(
    "idle_features",
    named("constant-features"),
    frozenset({"constant-features"}),
    (
        "wine_mlp",
        "diabetes_mlp",
        "sunspots_mlp",
        "cancer_mlp",
        "penguins_mlp",
        "cars_mlp",
        "blobs_mlp",
        "moons_mlp",
        "friedman_mlp",
    ),
    inject,
    fact=True,
)
