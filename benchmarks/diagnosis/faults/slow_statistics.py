"""Batch normalisation whose moving averages lag thousands of steps behind."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import with_batch_norm


def inject(recipe: Recipe) -> Recipe:
    return with_batch_norm(recipe).map_layers(
        lambda _, layer: layer.but(momentum=0.9999) if layer.kind == "BatchNormalization" else layer
    )


FAULT = Fault(
    "slow_statistics",
    named("training-inference-mismatch"),
    frozenset({"training-inference-mismatch"}),
    (
        "digits_batch_norm",
        "digits_cnn_batch_norm",
        "digits_mlp",
        "patches_cnn",
        "patches_batch_norm",
        "penguins_mlp",
        "clusters_batch_norm",
        "strokes_cnn",
        "blobs_mlp",
    ),
    inject,
)
