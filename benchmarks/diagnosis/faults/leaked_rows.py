"""Most validation rows are training rows too."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe, Rows


def inject(recipe: Recipe) -> Recipe:
    first, second = recipe.training, recipe.validation
    leaked = second.at(np.random.default_rng(0).permutation(len(second))[: int(0.6 * len(second))])
    mixed = Rows(np.concatenate([first.x, leaked.x]), np.concatenate([first.y, leaked.y]))
    return recipe.but(training=mixed.at(np.random.default_rng(1).permutation(len(mixed))))


FAULT = Fault(
    "leaked_rows",
    named("leakage"),
    frozenset({"leakage"}),
    (
        "digits_mlp",
        "wine_mlp",
        "sunspots_mlp",
        "cancer_mlp",
        "patches_cnn",
        "cars_mlp",
        "blobs_mlp",
        "friedman_mlp",
        "tones_conv1d",
    ),
    inject,
    fact=True,
)
