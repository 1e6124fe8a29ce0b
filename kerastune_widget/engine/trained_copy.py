"""A run's result as an ordinary Keras model: compiled, with weights, optimizer state and dropout as they ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .building import ensure_built, set_weights
from .dropout import dropout_sites, ensure_seed_generator, rate_of
from .optimizers import OptimizerShelf
from .penalty import penalize
from .structure import Structure
from .template import ModelTemplate
from .tunable import ModelState


def trained_copy(
    template: ModelTemplate,
    shelf: OptimizerShelf,
    state: ModelState,
    values: Mapping[str, Any],
    example: Any,
    structure: Structure,
) -> Any:
    """Return a new model that stands where training left it.

    Args:
        template: Where the architecture and compile arguments come from.
        shelf: Where the optimizer comes from.
        state: What training left.
        values: The hyperparameters in force at the end.
        example: A few rows ``(x[, y[, sample_weight]])`` to build it on.
        structure: How the copy that trained differs from the user's model.
    """
    optimizer = shelf.recipe(state.optimizer).at(values["learning_rate"])
    if values.get("clipnorm") is not None:  # a run of an older log names neither this nor L2
        shelf.recipe(state.optimizer).clip(optimizer, values["clipnorm"])
    model = template.fresh(values["seed"], structure, optimizer=optimizer, x=example[0])
    ensure_built(model, example[0])
    set_weights(model, state.weights)
    penalize(model, values.get("l2"))
    for index, site in enumerate(dropout_sites(model)):
        rate = rate_of(site, index, values["dropout"], template.dropout_rates)
        ensure_seed_generator(site.layer)
        setattr(site.layer, site.attribute, rate)
    optimizer.build(model.trainable_variables)
    for variable, value in zip(optimizer.variables, state.optimizer_variables, strict=True):
        variable.assign(value)
    return model
