"""All rows are one batch: one update an epoch."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(batch_size=len(recipe.training))


FAULT = Fault(
    "one_batch",
    named("batch-size-unfit"),
    frozenset({"batch-size-unfit"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_even",
        "patches_cnn",
        "cancer_mlp",
        "carbon_mlp",
        "rhythms_lstm",
        "blobs_mlp",
        "friedman_mlp",
    ),
    inject,
)
