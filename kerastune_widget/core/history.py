"""What happened in a run so far, as plain numbers that never change once taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .data_profile import DataProfile
from .events import RunStatus
from .model_profile import ModelProfile


@dataclass(frozen=True)
class Change:
    """A hyperparameter that took a new value in mid-run.

    Attributes:
        step: The first step with the new value, counted from 0 over the whole run.
        epoch: The epoch that step belongs to, counted from 0.
        name: Which hyperparameter.
        old: Its value before.
        new: Its value from ``step`` on.
    """

    step: int
    epoch: int
    name: str
    old: Any
    new: Any


class Leg(NamedTuple):
    """What was trained in one go: a run has one for its start, and one for each time that it was continued.

    Attributes:
        first_epoch: Epochs that had ended when it began.
        scheduled_epochs: Epochs that a schedule of the learning rate spans.
        restored: Whether the weights of its best epoch were put back at its end (early stopping).
    """

    first_epoch: int
    scheduled_epochs: int
    restored: bool = False


@dataclass(frozen=True)
class History:
    """Read-only record of one run; all that a rule may look at.

    Attributes:
        epochs: Per-epoch values by Keras's names (``loss``, ``accuracy``, ``val_loss``, ...), equal lengths as a
            rule; a series may be shorter or hold NaN where a value is missing. The training values are Keras's
            running means over the epoch, taken while the weights moved.
        steps: Per-step values by name, float64 (true batch values). Empty for a plain Keras history.
        epoch_ends: Steps taken up to the end of each epoch. Empty for a plain Keras history.
        learning_rates: Per step, float64; empty when unknown.
        changes: Mid-run changes, in order.
        hyperparameters: What the run was started with; empty when unknown.
        status: How the run stands or ended; None when unknown.
        planned_epochs: Epochs asked for; None when unknown.
        branch_step: Steps taken over from the run that this one was branched from; 0 for a run of its own.
        facts: What else is known, by name: "training_rows", "validation_rows", "classes" (ints), "parameters"
            (trainable, int), "loss_name" (str), "scheduled" (bool: the rate moves by a schedule),
            "steps_per_epoch" (int, of a plain Keras history), "model_id" (str: fingerprint of model, loss and the
            optimizer that it came with), "matched_output" (dict: "units", "activation" and "loss" that fit the
            targets, where others were compiled), "disabled_controls" (sequence of str: names), "repeats"
            (sequence of float: the judged loss at the end of runs
            that differ from this one in their seed only, this one's first). Of a log that was read (``core.reading``):
            "first_epoch" (int, counted from 1, of the first value here; only when above 1), "runs_in_file" (int: this
            is the last of so many), "goes_on" (bool: epochs begin anew in it, and the loss goes on), "uncounted" (bool:
            they begin anew so often that they tell nothing), "empty_rows" (int: rows left out), "epoch_means" (bool:
            each loss is the mean of several in the log), "rival_loss" (str: a column that may be the training loss
            too), "test_as_validation" (str: the column of a test set that stands for validation).
        signals: What the probe measured, by signal (see ``core.signals``) and layer: one float an epoch **and one
            before them**, so that item k was measured when k epochs had ended; NaN where the probe was left out.
            Empty when nothing was probed.
        model: How the model was built and compiled; None when unknown.
        data: What the data look like; None when unknown.
        legs: What was trained in one go each, in order; empty when unknown.
    """

    epochs: Mapping[str, Sequence[float]] = field(default_factory=dict)
    steps: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    epoch_ends: Sequence[int] = ()
    learning_rates: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    changes: Sequence[Change] = ()
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    status: RunStatus | None = None
    planned_epochs: int | None = None
    branch_step: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    signals: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    model: ModelProfile | None = None
    data: DataProfile | None = None
    legs: Sequence[Leg] = ()

    def series(self, name: str) -> NDArray[np.float64]:
        """Return the per-epoch values of ``name`` as float64; empty when it was not recorded."""
        return np.asarray(self.epochs.get(name, ()), dtype=np.float64)

    def signal(self, name: str) -> dict[str, NDArray[np.float64]]:
        """Return the values of one signal by layer, in the order of the layers; empty when it was not probed.

        Item k of each was measured when k epochs had ended.
        """
        return {layer: np.asarray(values, dtype=np.float64) for layer, values in self.signals.get(name, {}).items()}

    @property
    def epoch_count(self) -> int:
        """Epochs that ended."""
        return max((len(values) for values in self.epochs.values()), default=0)

    def up_to(self, epochs: int, in_force: Mapping[str, Any]) -> History:
        """Return the part that was over when ``epochs`` epochs had ended, as a branch takes it over.

        Args:
            epochs: At least 1, at most as many as ended.
            in_force: The hyperparameters as they were then; of the changes made on that very step, those that led to
                them are taken over.
        """
        steps = int(self.epoch_ends[epochs - 1])
        last = {
            change.name: place
            for place, change in enumerate(self.changes)
            if change.step == steps and in_force.get(change.name) == change.new
        }
        return replace(
            self,
            epochs={name: tuple(values[:epochs]) for name, values in self.epochs.items()},
            steps={name: values[:steps] for name, values in self.steps.items()},
            epoch_ends=tuple(self.epoch_ends[:epochs]),
            learning_rates=self.learning_rates[:steps],
            legs=self._legs_up_to(epochs),
            signals={
                name: {layer: tuple(values[: epochs + 1]) for layer, values in layers.items()}
                for name, layers in self.signals.items()
            },
            changes=tuple(
                change
                for place, change in enumerate(self.changes)
                if change.step < steps or (change.step == steps and place <= last.get(change.name, -1))
            ),
        )

    def _legs_up_to(self, epochs: int) -> tuple[Leg, ...]:
        """Return the legs begun before ``epochs`` epochs had ended; one that went on had put nothing back by then."""
        ends = [*(leg.first_epoch for leg in self.legs[1:]), self.epoch_count]
        return tuple(
            leg._replace(restored=leg.restored and end <= epochs)
            for leg, end in zip(self.legs, ends, strict=False)
            if leg.first_epoch < epochs
        )
