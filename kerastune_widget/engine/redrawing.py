"""Other initial weights for a model that is there already: in a millisecond, where a new copy of it takes twenty."""

from __future__ import annotations

import numpy as np

from .structure_start import Layout
from .template import Weights


def redrawn(layout: Layout, weights: Weights, seed: int) -> Weights | None:
    """Return initial weights with every kernel drawn anew, by its layer's own initializer.

    Args:
        layout: What each weight is.
        weights: Initial weights; those that are constant (biases, scales) or measured stay as they are.
        seed: Draws the kernels.

    Returns:
        The weights; None when some others look drawn, which takes a new copy of the model.
    """
    found: Weights = []
    for slot, weight in zip(layout, weights, strict=True):
        if slot.role in ("kernel", "output kernel"):
            found.append(slot.draw("as_built", seed))
        elif slot.is_statistic or weight.size == 0 or bool((weight == weight.flat[0]).all()):
            found.append(weight)
        else:
            return None
    return [np.asarray(weight) for weight in found]
