"""Four in ten training rows come a second time with another label."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe, Rows
from ._edit import mislabelled


def inject(recipe: Recipe) -> Recipe:
    rows, draw = recipe.training, np.random.default_rng(0)
    again = mislabelled(rows.at(draw.permutation(len(rows))[: int(0.4 * len(rows))]), 1.0)
    mixed = Rows(np.concatenate([rows.x, again.x]), np.concatenate([rows.y, again.y]))
    return recipe.but(training=mixed.at(draw.permutation(len(mixed))))


FAULT = Fault(
    "twice_labelled",
    named("contradictory-rows"),
    frozenset({"contradictory-rows", "label-noise"}),
    (
        "digits_mlp",
        "wine_mlp",
        "digits_even",
        "cancer_mlp",
        "penguins_mlp",
        "patches_cnn",
        "votes_mlp",
        "clusters_deep",
        "tones_conv1d",
    ),
    inject,
    fact=True,
)
