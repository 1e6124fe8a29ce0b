"""Only the output layer is trained; the layers before it stay random."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_hidden(trainable=False)


FAULT = Fault(
    "frozen_body",
    named("frozen-layers"),
    frozenset({"frozen-layers"}),
    (
        "digits_cnn",
        "digits_deep",
        "digits_lstm",
        "patches_cnn",
        "cancer_deep",
        "carbon_lstm",
        "tones_conv1d",
        "clusters_deep",
        "rhythms_lstm",
    ),
    inject,
    fact=True,
)
