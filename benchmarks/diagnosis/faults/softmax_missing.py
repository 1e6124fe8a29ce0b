"""The output has no softmax, and the loss was not told that it gets logits."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_output(activation="linear")


FAULT = Fault(
    "softmax_missing",
    named("output-loss-mismatch"),
    frozenset({"output-loss-mismatch"}),
    (
        "digits_mlp",
        "digits_cnn",
        "wine_mlp",
        "penguins_mlp",
        "patches_cnn",
        "cancer_deep",
        "strokes_cnn",
        "rhythms_lstm",
        "blobs_mlp",
    ),
    inject,
    loss_tells=False,
)
