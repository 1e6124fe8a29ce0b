"""Every hidden layer has a single unit, and time enough to do what one unit can."""

from ..fault import Fault, named
from ..recipe import Recipe
from ._edit import without_dropout


def inject(recipe: Recipe) -> Recipe:
    bare = without_dropout(recipe).but(epochs=2 * recipe.epochs)
    return bare.map_layers(
        lambda place, layer: (
            layer.but(**{name: 1 for name in ("units", "filters") if name in layer.options})
            if place in bare.hidden
            else layer
        )
    )


FAULT = Fault(
    "bottleneck",
    named("too-little-capacity"),
    frozenset({"too-little-capacity"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_lstm",
        "digits_batch_norm",
        "penguins_mlp",
        "patches_cnn",
        "carbon_mlp",
        "penguins_tanh",
        "clusters_deep",
        "friedman_mlp",
        "rhythms_lstm",
    ),
    inject,
)
