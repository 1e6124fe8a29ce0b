"""The part of a session that tells the learning rate of a run before it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.hand_over import STALL, read_hand_over
from ..core.schedule import Numbers, PlannedRates, run_schedule
from .dataset import Data, steps_per_epoch
from .loop import Epoch
from .momentum import momentum_name
from .optimizers import OptimizerRecipe, OptimizerShelf, rate_at
from .run_rates import EpochRates, RunRates
from .schedule_shelf import OwnRates
from .settings import Settings
from .warm_models import WarmModels

_ASKED_BEFORE = 10_000  # rates of a person's own schedule, before a run starts: what takes no time


class SessionPlans:
    """Tells the rate at each step that is to come."""

    _settings: Settings
    _shelf: OptimizerShelf
    _warm: WarmModels

    def planned_rates(self, **hyperparameters: Any) -> PlannedRates | None:
        """Return the learning rate at each step of a run with these settings, exactly as the run will record it.

        Args:
            **hyperparameters: What differs from ``settings``, as for ``start``.

        Returns:
            The rates; None when the number of steps is not known: data that come as a stream of unknown length.

        Raises:
            HyperparameterError: For an unknown name or a refused value.

        Example:
            >>> session.planned_rates(schedule="cosine(warmup_epochs=1)", epochs=10).rates
        """
        values = {**self._settings.now, **self._settings.checked(hyperparameters)}
        steps = steps_per_epoch(self._training, values["batch_size"])
        if steps is None:
            return None
        return PlannedRates(
            rates=self._rates(values, steps),
            steps_per_epoch=steps,
            momentum=self._momentum(values, steps),
            may_change=self._may_change(values),
        )

    def _refuse_unplannable(self, values: Mapping[str, Any]) -> None:
        """Ask a schedule of a person's own for the rates of the run to come, so that it fails now, not in mid-run.

        Raises:
            HyperparameterError: If one of them is no rate.
        """
        own = self._settings.schedules.own.get(values["schedule"])
        if own is not None:
            every = 1 if own.rates.kind == "epoch" else steps_per_epoch(self._training, values["batch_size"]) or 0
            own.rates.until(min(values["epochs"] * every, _ASKED_BEFORE))

    @property
    def _training(self) -> Data:
        return self._warm.dataset.training

    def _follow(self, values: Mapping[str, Any]) -> EpochRates | None:
        return RunRates(self._settings.schedules.known, values["epochs"]).of(values["schedule"])

    def _rates(self, values: Mapping[str, Any], steps: int) -> Numbers:
        """Return the rates in the arithmetic of the training loops: float64, rounded to float32 at last."""
        found = self._follow(values)
        parts = []
        for number in range(values["epochs"]):
            recipe, rate, since = self._in_force(values, number)
            schedule = None if found is None or recipe.schedule is not None else found.schedule
            epoch = Epoch(number, values["batch_size"], 0, False, schedule=schedule)
            base = rate if recipe.schedule is None else recipe.factor(rate)
            factors = (base * epoch.factors(steps)).astype(np.float32)
            first = (number - since) * steps
            parts.append(factors if recipe.schedule is None else factors * _own_rates(recipe.schedule, first, steps))
        return np.concatenate(parts).astype(np.float64)

    def _in_force(self, values: Mapping[str, Any], epoch: int) -> tuple[OptimizerRecipe, float, int]:
        """Return the optimizer of an epoch, its rate, and the epoch since when it trains."""
        hand_over, rate = read_hand_over(values.get("hand_over")), values["learning_rate"]
        if hand_over is None or hand_over.when == STALL or epoch < hand_over.epoch:
            return self._shelf.recipe(values["optimizer"]), rate, 0
        own = rate if hand_over.learning_rate is None else hand_over.learning_rate
        return self._shelf.recipe(hand_over.optimizer), own, hand_over.epoch

    def _momentum(self, values: Mapping[str, Any], steps: int) -> Numbers | None:
        found, (recipe, _, _) = self._follow(values), self._in_force(values, 0)
        movable = keras.backend.backend() == "tensorflow" and recipe.schedule is None
        if found is None or found.momentum is None or not movable or not momentum_name(_unwrapped(recipe)):
            return None
        epochs = (Epoch(number, 1, 0, False, momentum=found.momentum) for number in range(values["epochs"]))
        return np.concatenate([epoch.momenta(steps) for epoch in epochs])

    def _may_change(self, values: Mapping[str, Any]) -> bool:
        hand_over = read_hand_over(values.get("hand_over"))
        schedule = run_schedule(values["schedule"], 1, self._settings.schedules.known).schedule
        return schedule.watch is not None or (hand_over is not None and hand_over.when == STALL)


def _unwrapped(recipe: OptimizerRecipe) -> Any:
    optimizer = recipe.make(recipe.base_rate)
    return getattr(optimizer, "inner_optimizer", optimizer)


def _own_rates(schedule: Any, first: int, count: int) -> NDArray[np.float32]:
    """Return the rates of the schedule that an optimizer was made with, float32 as Keras computes them."""
    return _asking(schedule).until(first + count)[first:].astype(np.float32)


@lru_cache(maxsize=4)
def _asking(schedule: Any) -> OwnRates:
    """Keep what was asked of a schedule: a preview asks again and again."""
    keras_has_it = isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule)
    return OwnRates(schedule if keras_has_it else lambda step: rate_at(schedule, step), 1.0)
