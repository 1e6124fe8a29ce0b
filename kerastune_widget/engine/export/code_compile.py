"""How a run's model is compiled: optimizer, rate or schedule, losses and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from ..optimizers import OptimizerRecipe
from .code_objects import Borrowed, Unwritable, constructed, made, value_source
from .code_printer import Expression, Verbatim, call, literal

_RATES = {
    "CosineDecay": ("initial_learning_rate", "warmup_target"),
    "CosineDecayRestarts": ("initial_learning_rate",),
    "ExponentialDecay": ("initial_learning_rate",),
    "InverseTimeDecay": ("initial_learning_rate",),
    "PiecewiseConstantDecay": ("values",),
    "PolynomialDecay": ("initial_learning_rate", "end_learning_rate"),
}
"""Arguments of Keras's schedules that are learning rates: all times a factor is the schedule times that factor."""

_USUAL: dict[str, Any] = {"run_eagerly": False, "jit_compile": False}  # "auto" is stored as what it came to
_ARGUMENTS = ("loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "jit_compile")


def optimizer_source(recipe: OptimizerRecipe, rate: Expression, borrowed: Borrowed) -> Expression:
    """Return the call that makes an optimizer.

    Args:
        recipe: Which.
        rate: The source of its learning rate or schedule.
        borrowed: Notes what of the user's own is named.
    """
    config = {**recipe.config, "learning_rate": rate if not isinstance(rate, str) else Verbatim(rate)}
    written = constructed(recipe.kind, config, borrowed, written=("learning_rate",))
    if recipe.loss_scaling is None:
        return written
    options = {name: literal(value) for name, value in recipe.loss_scaling.items()}
    return call("keras.optimizers.LossScaleOptimizer", written, **options)


def rate_source(recipe: OptimizerRecipe, learning_rate: float, borrowed: Borrowed) -> Expression:
    """Return the source of a rate, or of the recipe's schedule scaled to begin with it.

    Raises:
        Unwritable: If the schedule cannot be scaled by its arguments.
    """
    if recipe.schedule is None:
        return literal(float(learning_rate))
    factor = recipe.factor(learning_rate)
    if factor == 1:
        return schedule_source(recipe, borrowed)
    kind = type(recipe.schedule)
    if getattr(keras.optimizers.schedules, kind.__name__, None) is not kind or kind.__name__ not in _RATES:
        raise Unwritable(f"{kind.__name__} cannot be scaled by its arguments")
    config = dict(recipe.schedule.get_config())
    config |= {name: _scaled(config[name], factor) for name in _RATES[kind.__name__]}
    return constructed(kind, config, borrowed)


def schedule_source(recipe: OptimizerRecipe, borrowed: Borrowed) -> Expression:
    """Return the source of a recipe's own schedule."""
    if isinstance(recipe.schedule, keras.optimizers.schedules.LearningRateSchedule):
        return made(recipe.schedule, borrowed)
    return value_source(recipe.schedule, borrowed)


def compile_arguments(model: Any, borrowed: Borrowed) -> dict[str, Expression]:
    """Return the arguments of ``compile`` other than the optimizer; what has no source is left to the user by name."""
    given: Mapping[str, Any] = getattr(getattr(model, "_compile_config", None), "config", {"loss": model.loss})
    arguments: dict[str, Expression] = {}
    for name in _ARGUMENTS:
        value = given.get(name)
        if value is None or value == _USUAL.get(name):
            continue
        try:
            arguments[name] = value_source(value, borrowed)
        except Unwritable:
            arguments[name] = f"your_{name}"
            borrowed.missing[f"your_{name}"] = name
    if model.dtype_policy.compute_dtype == "float16" or _in_half_precision(model):
        arguments["auto_scale_loss"] = "False"
    return arguments


def _in_half_precision(model: Any) -> bool:
    return any(layer.dtype_policy.name == "mixed_float16" for layer in model._flatten_layers(include_self=False))


def _scaled(value: Any, factor: float) -> Any:
    if value is None:
        return None
    return [_scaled(part, factor) for part in value] if isinstance(value, list | tuple) else float(value) * factor
