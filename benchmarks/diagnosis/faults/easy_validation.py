"""The validation rows are those that are easiest to tell, the training rows the others."""

import numpy as np

from ..fault import Fault, either
from ..recipe import Recipe, Rows
from ._edit import flat, together


def inject(recipe: Recipe) -> Recipe:
    return together(recipe, _split)


def _split(rows: Rows) -> tuple[Rows, Rows]:
    """Hold out the rows whose class other rows' classes make surest (out-of-fold logistic regression)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    model = LogisticRegression(C=0.1, max_iter=300)
    sure = cross_val_predict(model, flat(rows.x), rows.y, method="predict_proba")[np.arange(len(rows)), rows.y]
    easy = sure >= np.quantile(sure, 0.75)
    return rows.at(np.flatnonzero(~easy)), rows.at(np.flatnonzero(easy))


NAMES = ("validation-better", "split-differs")
FAULT = Fault(
    "easy_validation",
    either(*NAMES),
    frozenset((*NAMES, "data-problem")),
    (
        "digits_mlp",
        "digits_cnn",
        "digits_even",
        "cancer_mlp",
        "patches_cnn",
        "cancer_batch_norm",
        "blobs_mlp",
        "moons_mlp",
        "strokes_cnn",
    ),
    inject,
    fact=True,
)
