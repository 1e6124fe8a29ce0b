"""One label in five is wrong, in both sets."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import mislabelled


def inject(recipe: Recipe) -> Recipe:
    return recipe.map_rows(lambda rows: mislabelled(rows, 0.2))


FAULT = Fault(
    "some_noisy_labels",
    named("label-noise"),
    frozenset({"label-noise"}),
    (
        "digits_mlp",
        "digits_deep",
        "digits_cnn",
        "penguins_mlp",
        "patches_cnn",
        "cancer_mlp",
        "blobs_mlp",
        "moons_mlp",
        "strokes_cnn",
    ),
    inject,
)
