"""One row in thirty is left of every second class."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe, Rows


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(_thinned)


def _thinned(rows: Rows) -> Rows:
    return rows.at(np.flatnonzero((rows.y % 2 == 0) | (np.random.default_rng(0).random(len(rows)) < 1 / 30)))


FAULT = Fault(
    "rare_classes",
    named("class-imbalance"),
    frozenset({"class-imbalance"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_even",
        "cancer_mlp",
        "patches_cnn",
        "cancer_batch_norm",
        "votes_mlp",
        "clusters_deep",
        "tones_conv1d",
    ),
    inject,
    fact=True,
)
