"""A third of the epochs at a third of the rate: stopped while the loss still falls."""

from ..fault import Fault, named
from ..recipe import Recipe


def inject(recipe: Recipe) -> Recipe:
    return recipe.but(learning_rate=recipe.rate / 3, epochs=max(6, recipe.epochs // 3))


FAULT = Fault(
    "too_few_epochs",
    named("still-learning"),
    frozenset({"still-learning"}),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_lstm",
        "patches_cnn",
        "cancer_mlp",
        "carbon_mlp",
        "strokes_cnn",
        "weather_mlp",
        "clusters_deep",
    ),
    inject,
)
