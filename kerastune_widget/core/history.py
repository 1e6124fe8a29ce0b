"""What happened in a run so far, as plain numbers that never change once taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .events import RunStatus


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
            "model_id" (str: fingerprint of model, loss and the optimizer that it came with).
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

    def series(self, name: str) -> NDArray[np.float64]:
        """Return the per-epoch values of ``name`` as float64; empty when it was not recorded."""
        return np.asarray(self.epochs.get(name, ()), dtype=np.float64)

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
            changes=tuple(
                change
                for place, change in enumerate(self.changes)
                if change.step < steps or (change.step == steps and place <= last.get(change.name, -1))
            ),
        )
