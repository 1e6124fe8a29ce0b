"""How much each training row counts under a choice of the class-weight control."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import Nested
from .dataset import ArrayData, Dataset, class_labels, class_weights_to_sample_weights

NONE, OWN, BALANCED = "none", "own", "balanced"

Weights = Callable[[str], Nested]
"""From a choice to one weight a training row, or None."""


def own_choice(dataset: Dataset) -> str:
    """Return the choice that leaves the data as the session was given them."""
    return NONE if dataset.class_weight is None else OWN


def balanced_weights(y: Nested) -> dict[int, float] | None:
    """Return the weight of each class that lets all count alike: rows / (classes * rows of the class).

    The heuristic of King & Zeng (2001, Political Analysis 9), which scikit-learn calls "balanced".

    Args:
        y: One array of class labels; None is returned for any other targets.
    """
    labels = class_labels(y)
    if labels is None:
        return None
    classes, counts = np.unique(labels, return_counts=True)
    return {int(label): len(labels) / (len(classes) * int(count)) for label, count in zip(classes, counts, strict=True)}


def chosen_weights(dataset: Dataset, choice: str) -> dict[int, float] | None:
    """Return the weight by class number that a choice stands for; None for no weights by class."""
    if choice == BALANCED:
        return balanced_weights(dataset.training.y) if isinstance(dataset.training, ArrayData) else None
    given = dataset.class_weight if choice == OWN else None
    return None if given is None else dict(given)


def weights_of(dataset: Dataset) -> Weights | None:
    """Return what tells the weights of the training rows by choice; None unless there is one array of targets."""
    training = dataset.training
    if not isinstance(training, ArrayData) or not isinstance(training.y, np.ndarray):
        return None
    made: dict[str, Nested] = {own_choice(dataset): training.sample_weight}

    def weights(choice: str) -> Nested:
        if choice not in made:
            by_class = chosen_weights(dataset, choice)
            made[choice] = None if by_class is None else class_weights_to_sample_weights(training.y, by_class)
        return made[choice]

    return weights
