"""Targets of other rows: there is nothing to learn."""

import numpy as np

from ..fault import Fault, either
from ..recipe import Recipe, Rows


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(lambda rows: Rows(rows.x, rows.y[np.random.default_rng(0).permutation(len(rows))]))


FAULT = Fault(
    "random_labels",
    either("no-better-than-trivial"),
    frozenset({"no-better-than-trivial", "label-noise", "underfitting"}),
    (
        "digits_mlp",
        "digits_even",
        "diabetes_mlp",
        "cancer_mlp",
        "patches_cnn",
        "cars_mlp",
        "tones_conv1d",
        "votes_mlp",
        "ocean_lstm",
    ),
    inject,
)
