"""Which seed governs what: one for the whole run, unless a source of chance has one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

SEEDS = ("seed", "weights_seed", "order_seed", "dropout_seed")
"""The settings that say what chance draws; two runs that differ in nothing else repeat each other."""

_COUNT = 2**31  # as many as the controls take


class Seeds(NamedTuple):
    """The seeds in force.

    Attributes:
        weights: Draws initial weights, where they are drawn anew, and what a changed structure adds.
        order: Draws the order of the rows in each epoch.
        dropout: Starts random layers: dropout, noise, augmentation.
    """

    weights: int
    order: int
    dropout: int


def seeds_of(values: Mapping[str, Any]) -> Seeds:
    """Return the seeds that are in force under these hyperparameters.

    Args:
        values: With ``seed``; each of the other three counts where it is there and not None.
    """
    seed, own = values["seed"], (values.get(name) for name in SEEDS[1:])
    return Seeds(*(seed if one is None else one for one in own))


def moved_seeds(values: Mapping[str, Any], by: int) -> dict[str, Any]:
    """Return the seeds among ``values``, each ``by`` further, so that a repetition differs in all that chance draws.

    Args:
        values: Hyperparameters; a seed that is None stays so, because it follows ``seed``.
        by: How much to add; beyond the greatest seed it begins at 0 again.
    """
    found = {name: values[name] for name in SEEDS if values.get(name) is not None}
    return {name: (seed + by) % _COUNT for name, seed in found.items()}
