"""A few dozen training rows, a network eight times as wide, no dropout, and five times the epochs."""

import numpy as np

from ..fault import Fault, either
from ..recipe import Recipe
from ._edit import without_dropout

ROWS = 64


def inject(recipe: Recipe) -> Recipe:
    bare = without_dropout(recipe)
    wide = bare.map_layers(
        lambda place, layer: (
            layer.but(**{name: 8 * layer.options[name] for name in ("units", "filters") if name in layer.options})
            if place in bare.hidden
            else layer
        )
    )
    return wide.but(training=wide.training.at(np.arange(ROWS)), epochs=5 * recipe.epochs, batch_size=16)


FAULT = Fault(
    "memorised",
    either("overfitting", "overconfidence"),
    frozenset({"overfitting", "overconfidence"}),
    (
        "digits_mlp",
        "digits_even",
        "diabetes_mlp",
        "sunspots_mlp",
        "cancer_mlp",
        "patches_cnn",
        "cars_mlp",
        "carbon_mlp",
        "votes_mlp",
        "ocean_lstm",
        "moons_mlp",
    ),
    inject,
)
