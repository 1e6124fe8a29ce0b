"""Output biases far from anything likely: the first loss is many times that of a guess."""

from ..fault import Fault, either
from ..recipe import Layer, Recipe

FAR = Layer("initializers.RandomNormal", {"stddev": 20.0, "seed": 7})


def inject(recipe: Recipe) -> Recipe:
    return recipe.with_output(bias_initializer=FAR)


FAULT = Fault(
    "biased_output",
    either("bad-initial-loss", "poor-initializer"),
    frozenset({"bad-initial-loss", "poor-initializer"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_deep",
        "penguins_mlp",
        "patches_cnn",
        "penguins_tanh",
        "blobs_mlp",
        "tones_conv1d",
        "clusters_deep",
    ),
    inject,
)
