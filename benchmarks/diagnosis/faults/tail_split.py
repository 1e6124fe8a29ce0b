"""Rows sorted by target, the last three tenths held out, as ``validation_split`` does."""

import numpy as np

from ..fault import Fault, either
from ..recipe import Recipe, Rows
from ._edit import together


def inject(recipe: Recipe) -> Recipe:
    return together(recipe, _split)


def _split(rows: Rows) -> tuple[Rows, Rows]:
    order, cut = np.argsort(rows.y, kind="stable"), int(0.7 * len(rows))
    training = order[:cut]
    return rows.at(np.random.default_rng(0).permutation(training)), rows.at(order[cut:])


FAULT = Fault(
    "tail_split",
    either("split-differs"),
    frozenset({"split-differs"}),
    (
        "digits_mlp",
        "wine_mlp",
        "diabetes_mlp",
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
