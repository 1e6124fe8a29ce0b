"""Twelve validation rows."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(validation=recipe.validation.at(np.arange(12)))


FAULT = Fault(
    "few_validation_rows",
    named("validation-too-small"),
    frozenset({"validation-too-small"}),
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
