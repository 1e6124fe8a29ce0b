"""A sixth of the rows, eight times the epochs and no dropout: ever surer, not better."""

import numpy as np

from ..fault import Fault, either
from ..recipe import Recipe
from ._edit import without_dropout


def inject(recipe: Recipe) -> Recipe:
    few = recipe.training.at(np.arange(len(recipe.training) // 6))
    return without_dropout(recipe).but(training=few, epochs=8 * recipe.epochs, learning_rate=2 * recipe.rate)


FAULT = Fault(
    "trained_too_long",
    either("overconfidence", "overfitting"),
    frozenset({"overfitting", "overconfidence"}),
    (
        "digits_mlp",
        "digits_deep",
        "digits_even",
        "cancer_mlp",
        "cancer_deep",
        "penguins_tanh",
        "votes_mlp",
        "blobs_mlp",
        "clusters_deep",
    ),
    inject,
)
