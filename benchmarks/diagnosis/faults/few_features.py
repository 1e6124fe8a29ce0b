"""Only the three features that say least about the target are given."""

import numpy as np

from ..fault import Fault, either
from ..recipe import Array, Recipe
from ._edit import flat

KEPT = 3


def inject(recipe: Recipe) -> Recipe:
    chosen = _least_telling(recipe)
    return recipe.map_rows(lambda rows: rows.map_x(lambda x: flat(x)[:, chosen]))


def _least_telling(recipe: Recipe) -> Array:
    from sklearn.feature_selection import f_classif, f_regression

    x, y = flat(recipe.training.x), recipe.training.y
    varying = np.flatnonzero(x.std(axis=0) > 0.1)
    score, _ = (f_regression if recipe.task == "regression" else f_classif)(x[:, varying], y)
    return varying[np.argsort(score)[:KEPT]]


FAULT = Fault(
    "few_features",
    either("underfitting", "no-better-than-trivial", "too-little-capacity"),
    frozenset({"underfitting", "no-better-than-trivial", "too-little-capacity", "contradictory-rows"}),
    (
        "digits_mlp",
        "wine_mlp",
        "digits_even",
        "diabetes_mlp",
        "cancer_mlp",
        "cars_mlp",
        "carbon_mlp",
        "blobs_mlp",
        "friedman_mlp",
        "clusters_deep",
    ),
    inject,
)
