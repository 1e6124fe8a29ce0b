"""Every optimizer that the installed Keras ships, by name, and the user's own."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import keras
import numpy as np

from ..core.control import Choice
from ..core.spelling import unspell
from ..core.text import Text
from ..errors import HyperparameterError
from .config_fingerprint import config_fingerprint
from .failure import one_line
from .optimizer_parameters import help_of, parameters_of

_NOT_FOR_PEOPLE = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap")
CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
_SGD_VARIANTS: dict[str, tuple[Text, dict[str, Any]]] = {
    "sgd": (Text(en="SGD", zh="SGD"), {"momentum": 0.0}),
    "sgd_momentum": (Text(en="SGD with momentum", zh="带动量的 SGD"), {"momentum": 0.9}),
    "sgd_nesterov": (
        Text(en="SGD with Nesterov momentum", zh="Nesterov 动量 SGD"),
        {"momentum": 0.9, "nesterov": True},
    ),
}


_REFUSED = Text(en="Keras refuses optimizer={value!r}: {why}", zh="Keras 不接受 optimizer={value!r}：{why}")
_SAMPLED_STEPS = (0, 1, 10, 100, 1_000, 10_000, 100_000)  # where a warm-up that begins at 0 may have its peak


@keras.saving.register_keras_serializable("kerastune_widget")
class ScaledSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The user's own schedule, multiplied by a factor that the learning-rate control moves."""

    def __init__(self, schedule: Any, factor: float = 1.0) -> None:
        self.schedule = schedule
        self.factor = keras.Variable(factor, trainable=False, name="learning_rate_factor")

    def __call__(self, step: Any) -> Any:
        """Return the rate at ``step``, a scalar."""
        return rate_at(self.schedule, step) * self.factor

    def get_config(self) -> dict[str, Any]:
        """Return the schedule that it wraps, and the factor."""
        return {"schedule": self.schedule, "factor": float(self.factor)}


def rate_at(schedule: Any, step: Any) -> Any:
    """Return the rate of a Keras schedule, or of a function without arguments, at ``step``."""
    return schedule(step) if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule) else schedule()


@dataclass(frozen=True)
class OptimizerRecipe:
    """How to make one optimizer, afresh for each use.

    Attributes:
        name: As the control calls it.
        title: As a person reads it.
        kind: The Keras class.
        config: Arguments of its constructor other than the rate.
        schedule: A ``LearningRateSchedule``, or a function that returns the rate; None for a constant rate.
        base_rate: The constant rate, or the rate that the schedule begins with (its peak when it begins with 0).
        loss_scaling: Arguments of a ``LossScaleOptimizer`` to wrap it in; None for none.
    """

    name: str
    title: Text
    kind: type
    config: dict[str, Any] = field(default_factory=dict)
    schedule: Any = None
    base_rate: float = 0.001
    loss_scaling: dict[str, Any] | None = None

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that are equal for equal settings; a constant rate does not count."""
        return config_fingerprint(self.kind.__name__, self.config, self.schedule, self.loss_scaling)

    @property
    def usual_rate(self) -> float:
        """The rate that its class has unless another is given; of Adadelta, the one that it was published with."""
        if self.kind is keras.optimizers.Adadelta:
            return 1.0
        parameter = inspect.signature(self.kind).parameters.get("learning_rate")
        default = self.base_rate if parameter is None else parameter.default
        return float(default) if isinstance(default, int | float) else self.base_rate

    def make(self, learning_rate: Any) -> Any:
        """Return a new optimizer with this rate (a float or a schedule)."""
        rate = learning_rate if callable(learning_rate) else float(learning_rate)
        optimizer = self.kind(**{**self.config, "learning_rate": rate})
        if self.loss_scaling is None:
            return optimizer
        return keras.optimizers.LossScaleOptimizer(optimizer, **self.loss_scaling)

    def clipped(self, clipnorm: float | None) -> OptimizerRecipe:
        """Return the same with each gradient clipped at this norm, in place of any other clipping; None: as it is."""
        if clipnorm is None:
            return self
        config = {name: value for name, value in self.config.items() if name not in CLIPPING}
        return replace(self, config={**config, "clipnorm": clipnorm})

    def with_parameters(self, name: str, parameters: Mapping[str, Any]) -> OptimizerRecipe:
        """Return the same with other settings of its own; a clipping takes the place of any other.

        Args:
            name: What it goes by then.
            parameters: Arguments of its constructor.
        """
        clips = any(parameters.get(clipping) is not None for clipping in CLIPPING)
        kept = {key: value for key, value in self.config.items() if not (clips and key in CLIPPING)}
        return replace(self, name=name, config={**kept, **parameters})

    def factor(self, learning_rate: float) -> float:
        """Return what multiplies the schedule when the control reads ``learning_rate``."""
        return learning_rate / self.base_rate

    def clip(self, optimizer: Any, clipnorm: float | None) -> None:
        """Let an optimizer made of this recipe clip at this norm from its next trace on; None: as the recipe says."""
        inner, config = getattr(optimizer, "inner_optimizer", optimizer), self.clipped(clipnorm).config
        for name in CLIPPING:
            setattr(inner, name, config.get(name))

    def at(self, learning_rate: float) -> Any:
        """Return a new optimizer that trains as the control reads, with its schedule if it has one."""
        if self.schedule is None:
            return self.make(learning_rate)
        factor = self.factor(learning_rate)
        return self.make(self.schedule if factor == 1 else ScaledSchedule(self.schedule, factor))


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
    schedule = inner._learning_rate if callable(inner._learning_rate) else None
    base_rate = _shown(inner.learning_rate) if schedule is None else _base_rate(schedule)
    return OptimizerRecipe(name, title, kind, config, schedule, base_rate, _loss_scaling(optimizer, inner))


def _loss_scaling(optimizer: Any, inner: Any) -> dict[str, Any] | None:
    if inner is optimizer:
        return None
    config = optimizer.get_config()
    return {name: config[name] for name in ("initial_scale", "dynamic_growth_steps") if name in config}


def _base_rate(schedule: Any) -> float:
    first = _shown(rate_at(schedule, 0))
    return first or max(_shown(rate_at(schedule, step)) for step in _SAMPLED_STEPS) or 1.0


def _shown(rate: Any) -> float:
    """Return a rate as the user wrote it: 0.001, not 0.0010000000474974513."""
    return float(str(np.float32(keras.ops.convert_to_numpy(rate))))


class OptimizerShelf:
    """The optimizers that one session offers: the user's own first, then all that Keras ships.

    Gradient clipping, schedule and loss scaling of the user's own are kept when another is chosen: other knobs.

    Attributes:
        own: The user's.
        recipes: All, by name; ``recipe`` finds those with parameters of their own too.
    """

    def __init__(self, own: OptimizerRecipe) -> None:
        clipping = {key: own.config[key] for key in CLIPPING if own.config.get(key) is not None}
        self.recipes = {own.name: own}
        for name, shipped in shipped_optimizers().items():
            recipe = replace(
                own, name=name, title=shipped.title, kind=shipped.kind, config={**shipped.config, **clipping}
            )
            self.recipes.setdefault(name, recipe)
        self.own = own
        self._spelled: dict[str, OptimizerRecipe] = {}

    def choices(self) -> tuple[Choice, ...]:
        """Return them as a control shows them, each with what can be set of it."""
        shipped = [name for name in shipped_optimizers() if name in self.recipes]
        rest = [name for name in self.recipes if name not in shipped]
        return tuple(_choice(self.recipes[name]) for name in (*shipped, *rest))

    def knows(self, value: str) -> bool:
        """Whether a value of the control, with or without parameters, stands for one of them."""
        try:
            name, given = unspell(value)
        except ValueError:
            return False
        recipe = self.recipes.get(name)
        return recipe is not None and set(given) <= {one.name for one in parameters_of(recipe.kind, recipe.config)}

    def recipe(self, value: str) -> OptimizerRecipe:
        """Return the recipe that a value of the control stands for.

        Args:
            value: A name, or one with parameters, such as "adam(beta_1=0.8)".
        """
        if value in self.recipes:
            return self.recipes[value]
        if value not in self._spelled:
            name, parameters = unspell(value)
            self._spelled[value] = self.recipes[name].with_parameters(value, parameters)
        return self._spelled[value]

    def without_schedule(self, value: str) -> str:
        """Return what the same optimizer with a constant rate goes by; it is no value of the control.

        Args:
            value: A name, or one with parameters.
        """
        recipe = self.recipe(value)
        if recipe.schedule is None:
            return value
        name = f"{value} without schedule"
        self._spelled.setdefault(name, replace(recipe, name=name, schedule=None))
        return name

    def refuse_unmakable(self, value: str) -> None:
        """Refuse parameters that Keras does not take together.

        Args:
            value: Of the control, in normal form.

        Raises:
            HyperparameterError: If Keras cannot make such an optimizer.
        """
        if value in self.recipes:
            return
        try:
            self.recipe(value).make(1.0)
        except (TypeError, ValueError) as error:
            raise HyperparameterError(_REFUSED.filled(value=value, why=one_line(error))) from error

    def add(self, optimizer: Any) -> OptimizerRecipe:
        """Take in an optimizer instance given to ``run``; return the recipe it goes by."""
        given = replace(own_recipe(optimizer), loss_scaling=self.own.loss_scaling)
        for recipe in self.recipes.values():
            if _same(recipe, given):
                return recipe
        name = f"{given.name}_{given.fingerprint}"  # so that a log never takes one session's for another's
        count = sum(recipe.kind is given.kind for recipe in self.recipes.values())
        title = f"{given.title.en} ({count})" if count else given.title.en
        self.recipes[name] = replace(given, name=name, title=Text(en=title, zh=title))
        return self.recipes[name]


def _choice(recipe: OptimizerRecipe) -> Choice:
    return Choice(recipe.name, recipe.title, parameters_of(recipe.kind, recipe.config), help_of(recipe.name))


def _same(recipe: OptimizerRecipe, given: OptimizerRecipe) -> bool:
    """Whether two recipes make equal optimizers but for a constant rate; a shipped one leaves its defaults unsaid."""
    if recipe.kind is not given.kind or recipe.schedule is not given.schedule:
        return False
    return own_recipe(recipe.make(1.0)).config == own_recipe(given.make(1.0)).config
