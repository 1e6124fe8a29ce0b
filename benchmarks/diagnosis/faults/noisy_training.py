"""Seven in ten training labels are wrong, the validation labels are right: validation falls, training hardly."""

from ..fault import Fault, either
from ..recipe import Recipe
from ._edit import mislabelled


def inject(recipe: Recipe) -> Recipe:
    share = 0.7 if recipe.training.y.max() > 2 else 0.4
    return recipe.but(training=mislabelled(recipe.training, share))


NAMES = ("data-problem", "label-noise", "validation-better")
FAULT = Fault(
    "noisy_training",
    either(*NAMES),
    frozenset((*NAMES, "split-differs")),
    (
        "digits_mlp",
        "digits_cnn",
        "wine_mlp",
        "digits_even",
        "patches_cnn",
        "cancer_mlp",
        "penguins_mlp",
        "blobs_mlp",
        "moons_mlp",
        "strokes_cnn",
    ),
    inject,
)
