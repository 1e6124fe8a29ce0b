"""Every optimizer that the installed Keras ships, by name, and the user's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import keras
import numpy as np

from ..core.control import Choice
from ..core.text import Text

_NOT_FOR_PEOPLE = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap")
_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
_SGD_VARIANTS: dict[str, tuple[Text, dict[str, Any]]] = {
    "sgd": (Text(en="SGD", zh="SGD"), {"momentum": 0.0}),
    "sgd_momentum": (Text(en="SGD with momentum", zh="带动量的 SGD"), {"momentum": 0.9}),
    "sgd_nesterov": (
        Text(en="SGD with Nesterov momentum", zh="Nesterov 动量 SGD"),
        {"momentum": 0.9, "nesterov": True},
    ),
}


@keras.saving.register_keras_serializable("kerastune_widget")
class ScaledSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The user's own schedule, multiplied by a factor that the learning-rate control moves."""

    def __init__(self, schedule: Any) -> None:
        self.schedule = schedule
        self.factor = keras.Variable(1.0, trainable=False, name="learning_rate_factor")

    def __call__(self, step: Any) -> Any:
        """Return the rate at ``step``, a scalar."""
        return self.schedule(step) * self.factor

    def get_config(self) -> dict[str, Any]:
        """Return the schedule that it wraps."""
        return {"schedule": self.schedule}


@dataclass(frozen=True)
class OptimizerRecipe:
    """How to make one optimizer, afresh for each use.

    Attributes:
        name: As the control calls it.
        title: As a person reads it.
        kind: The Keras class.
        config: Arguments of its ``from_config`` other than the rate.
    """

    name: str
    title: Text
    kind: type
    config: dict[str, Any] = field(default_factory=dict)

    def make(self, learning_rate: Any) -> Any:
        """Return a new optimizer with this rate (a float or a schedule)."""
        rate = learning_rate if callable(learning_rate) else float(learning_rate)
        return self.kind(**{**self.config, "learning_rate": rate})


@cache
def shipped_optimizers() -> dict[str, OptimizerRecipe]:
    """Return a recipe for every optimizer of the installed Keras, by name."""
    recipes = {
        name: OptimizerRecipe(name, title, keras.optimizers.SGD, config)
        for name, (title, config) in _SGD_VARIANTS.items()
    }
    for kind in vars(keras.optimizers).values():
        known = not isinstance(kind, type) or kind.__name__ in _NOT_FOR_PEOPLE or kind is keras.optimizers.SGD
        if known or not issubclass(kind, keras.optimizers.Optimizer):
            continue
        name = kind.__name__.lower()
        recipes[name] = OptimizerRecipe(name, Text(en=kind.__name__, zh=kind.__name__), kind)
    return recipes


def own_recipe(optimizer: Any) -> OptimizerRecipe:
    """Return the recipe of an optimizer that the user made, with all its settings."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    config = inner.get_config()
    config.pop("learning_rate", None)
    config.pop("name", None)
    kind = type(inner)
    name = kind.__name__.lower()
    if kind is keras.optimizers.SGD and inner.momentum:
        name = "sgd_nesterov" if inner.nesterov else "sgd_momentum"
    shipped = shipped_optimizers().get(name)
    title = shipped.title if shipped else Text(en=kind.__name__, zh=kind.__name__)
    return OptimizerRecipe(name, title, kind, config)


def shown_rate(optimizer: Any) -> float:
    """Return an optimizer's present rate as the user wrote it: 0.001, not 0.0010000000474974513."""
    return float(str(np.float32(keras.ops.convert_to_numpy(optimizer.learning_rate))))


class OptimizerShelf:
    """The optimizers that one session offers: the user's own first, then all that Keras ships.

    Gradient clipping of the user's own is kept when another is chosen: it is another knob.
    """

    def __init__(self, own: OptimizerRecipe) -> None:
        clipping = {key: own.config[key] for key in _CLIPPING if own.config.get(key) is not None}
        self.recipes = {own.name: own}
        for name, recipe in shipped_optimizers().items():
            config = {**recipe.config, **clipping}
            self.recipes.setdefault(name, OptimizerRecipe(name, recipe.title, recipe.kind, config))
        self.own = own

    def choices(self) -> tuple[Choice, ...]:
        """Return them as a control shows them."""
        shipped = [name for name in shipped_optimizers() if name in self.recipes]
        rest = [name for name in self.recipes if name not in shipped]
        return tuple(Choice(name, self.recipes[name].title) for name in (*shipped, *rest))

    def add(self, optimizer: Any) -> str:
        """Take in an optimizer instance given to ``run``; return the name it goes by."""
        recipe = own_recipe(optimizer)
        if self.recipes.get(recipe.name, recipe).config != recipe.config:
            name, count = recipe.name, 2
            while name in self.recipes and self.recipes[name].config != recipe.config:
                name, count = f"{recipe.name}_{count}", count + 1
            title = f"{recipe.title.en} ({name.rsplit('_', 1)[-1]})"
            recipe = OptimizerRecipe(name, Text(en=title, zh=title), recipe.kind, recipe.config)
        self.recipes[recipe.name] = recipe
        return recipe.name
