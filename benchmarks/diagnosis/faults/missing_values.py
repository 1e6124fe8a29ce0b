"""One row in fifty has a NaN."""

import numpy as np

from ..fault import Fault, named
from ..recipe import Array, Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(training=recipe.training.map_x(_holed))


def _holed(x: Array) -> Array:
    holed = x.reshape(len(x), -1).copy()
    holed[::50, holed.shape[1] // 2] = np.nan
    return holed.reshape(x.shape)


FAULT = Fault(
    "missing_values",
    named("not-finite-data"),
    frozenset({"not-finite-data"}),
    (
        "digits_mlp",
        "wine_mlp",
        "diabetes_mlp",
        "cancer_mlp",
        "patches_cnn",
        "carbon_mlp",
        "strokes_cnn",
        "weather_mlp",
        "clusters_deep",
    ),
    inject,
)
