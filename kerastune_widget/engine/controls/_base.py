"""What a control file defines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...core.control import ControlSpec
from ..dataset import Dataset, example_rows
from ..optimizers import OptimizerShelf
from ..schedule_shelf import ScheduleShelf
from ..template import ModelTemplate
from ..tunable import TunableModel


@dataclass(frozen=True)
class Subject:
    """What a control may look at to describe itself: the user's model and data."""

    template: ModelTemplate
    dataset: Dataset
    shelf: OptimizerShelf
    seed: int
    schedules: ScheduleShelf = field(default_factory=ScheduleShelf)

    @property
    def model(self) -> Any:
        """The user's model for looking at; one of layers that is not built yet, as a copy that is."""
        rows = example_rows(self.template.fixed_batch_size, self.dataset.training)
        return self.template.built_example(rows[0])


def _nothing(tunable: TunableModel, value: Any) -> None:
    """Do nothing: the run reads this setting from its hyperparameters."""


@dataclass(frozen=True)
class Control:
    """One hyperparameter of the engine.

    Attributes:
        name: As in ``ControlSpec``.
        order: Place among the controls, least first.
        specify: Describes it for this model and data.
        apply: Puts a value into the tunable model; called at the start of a run and at a change, as its effect says.
    """

    name: str
    order: int
    specify: Callable[[Subject], ControlSpec]
    apply: Callable[[TunableModel, Any], None] = _nothing
