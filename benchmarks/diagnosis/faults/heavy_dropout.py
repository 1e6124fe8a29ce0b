"""Nine in ten units are dropped after each hidden layer."""

from ..fault import Fault, named
from ..recipe import Recipe, dropout
from ._edit import without_dropout


def inject(recipe: Recipe) -> Recipe:
    bare = without_dropout(recipe)
    parts = [(layer, dropout(0.9)) if place in bare.hidden else (layer,) for place, layer in enumerate(bare.layers)]
    return bare.but(layers=tuple(layer for part in parts for layer in part))


FAULT = Fault(
    "heavy_dropout",
    named("dropout-too-high"),
    frozenset({"dropout-too-high"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_deep",
        "cancer_mlp",
        "patches_cnn",
        "penguins_mlp",
        "blobs_mlp",
        "strokes_cnn",
        "clusters_deep",
    ),
    inject,
)
