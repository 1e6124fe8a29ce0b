"""Seven in ten units are dropped after each hidden layer."""

from ..fault import Fault, named
from ..recipe import Recipe, dropout
from ._edit import without_dropout


def inject(recipe: Recipe) -> Recipe:
    bare = without_dropout(recipe)
    parts = [(layer, dropout(0.7)) if place in bare.hidden else (layer,) for place, layer in enumerate(bare.layers)]
    return bare.but(layers=tuple(layer for part in parts for layer in part))


FAULT = Fault(
    "rather_heavy_dropout",
    named("dropout-too-high"),
    frozenset({"dropout-too-high"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_deep",
        "patches_cnn",
        "penguins_mlp",
        "cars_mlp",
        "moons_mlp",
        "tones_conv1d",
        "blobs_mlp",
    ),
    inject,
)
