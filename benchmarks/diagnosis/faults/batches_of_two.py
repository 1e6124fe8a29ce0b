"""Batch normalisation over two rows at a time."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import with_batch_norm


def inject(recipe: Recipe) -> Recipe:
    return with_batch_norm(recipe).but(batch_size=2, epochs=max(5, recipe.epochs // 3))


FAULT = Fault(
    "batches_of_two",
    named("batch-norm-small-batch"),
    frozenset({"batch-norm-small-batch", "batch-size-unfit"}),
    (
        "digits_batch_norm",
        "wine_mlp",
        "sunspots_mlp",
        "cancer_batch_norm",
        "penguins_mlp",
        "cars_mlp",
        "clusters_batch_norm",
        "friedman_mlp",
        "blobs_mlp",
    ),
    inject,
)
