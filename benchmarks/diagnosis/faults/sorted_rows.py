"""Rows sorted by target, and never shuffled."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    order = np.argsort(recipe.training.y, kind="stable")
    return recipe.but(training=recipe.training.at(order), shuffle=False)


FAULT = Fault(
    "sorted_rows",
    named("data-order"),
    frozenset({"data-order"}),
    (
        "digits_mlp",
        "digits_batch_norm",
        "digits_even",
        "sunspots_mlp",
        "cancer_batch_norm",
        "patches_cnn",
        "cancer_mlp",
        "cars_mlp",
        "votes_mlp",
        "ocean_lstm",
        "moons_mlp",
    ),
    inject,
    fact=True,
)
