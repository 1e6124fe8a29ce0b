"""A softmax over a single unit is always 1."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_output(activation="softmax")


FAULT = Fault(
    "softmax_of_one",
    named("output-loss-mismatch"),
    frozenset({"output-loss-mismatch"}),
    (
        "digits_even",
        "cancer_mlp",
        "cancer_batch_norm",
        "patches_batch_norm",
        "moons_mlp",
        "votes_mlp",
    ),
    inject,
    loss_tells=False,
)
