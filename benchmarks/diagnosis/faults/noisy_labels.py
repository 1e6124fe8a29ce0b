"""Forty in a hundred labels are wrong, in both sets."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import mislabelled


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(lambda rows: mislabelled(rows, 0.4))


FAULT = Fault(
    "noisy_labels",
    named("label-noise"),
    frozenset({"label-noise"}),
    (
        "digits_mlp",
        "digits_cnn",
        "wine_mlp",
        "digits_deep",
        "penguins_mlp",
        "penguins_tanh",
        "patches_cnn",
        "cancer_mlp",
        "votes_mlp",
        "clusters_deep",
        "tones_conv1d",
    ),
    inject,
)
