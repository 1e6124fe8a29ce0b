"""What both training loops are to the run that drives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text

Numbers = NDArray[np.float64]

StepValues = Callable[[Numbers, int], Numbers]
"""From steps, counted from 0 at the start of the run, and the steps in an epoch, to a value for each of the steps."""


@dataclass(frozen=True)
class Chunk:
    """Some steps that were taken in one go.

    Attributes:
        values: Per step: true batch loss, and metrics (true batch values where they are means).
        learning_rates: Per step.
    """

    values: Mapping[str, Numbers]
    learning_rates: Numbers

    @property
    def steps(self) -> int:
        """How many."""
        return len(self.learning_rates)


@dataclass(frozen=True)
class Epoch:
    """One epoch to train.

    Attributes:
        number: Counted from 0.
        batch_size: Rows a step.
        seed: Fixes the order of the rows.
        shuffle: Whether the rows come in a new order.
        first_step: Steps of this epoch that were taken already (a run continued in mid-epoch).
        class_weight: Choice of the control of that name.
        schedule: Tells what multiplies the rate; None leaves it alone.
        momentum: Tells the momentum; None leaves it alone.
        before_last: Called before the epoch's last step, which is then taken alone; None when nobody asks.
        ends_before: Step of this epoch, counted from 0, before which it ends; None: when all its rows were seen.
    """

    number: int
    batch_size: int
    seed: int
    shuffle: bool
    first_step: int = 0
    class_weight: str = "none"
    schedule: StepValues | None = None
    momentum: StepValues | None = None
    before_last: Callable[[], None] | None = None
    ends_before: int | None = None

    def factors(self, steps: int | None) -> Numbers:
        """Return what multiplies the rate at each step of this epoch, the first one included.

        Args:
            steps: Steps in the epoch; None, when that is not known, returns one value, which stands for all.
        """
        return np.ones(steps or 1) if self.schedule is None else self._at_each(self.schedule, steps)

    def momenta(self, steps: int | None) -> Numbers | None:
        """Return the momentum at each step; None leaves it alone. Arguments as for ``factors``."""
        return None if self.momentum is None else self._at_each(self.momentum, steps)

    def _at_each(self, values: StepValues, steps: int | None) -> Numbers:
        whole = steps or 1
        return values(self.number * whole + np.arange(whole, dtype=np.float64), whole)


Tick = Callable[[Chunk | None], bool]
"""Called between chunks with what was done (None: nothing new); lets commands act; False means end now."""


class Loop(Protocol):
    """Trains one epoch at a time."""

    @property
    def kind(self) -> Literal["graph", "keras"]:
        """Which loop."""

    @property
    def reason(self) -> Text:
        """Why this one, in a sentence."""

    def begin(self) -> None:
        """Get ready: a run begins or goes on."""

    def steps_per_epoch(self, batch_size: int) -> int | None:
        """Return the steps in one epoch; None when that shows only at its end."""

    def seconds_per_step(self, batch_size: int) -> float | None:
        """Return how long a step takes, as far as training has shown; None when it has not."""

    def train(self, epoch: Epoch, tick: Tick) -> dict[str, float] | None:
        """Train one epoch; return Keras's logs of it, or None when ``tick`` ended it before its last step."""

    def validate(self, batch_size: int, tick: Tick) -> dict[str, float] | None:
        """Evaluate on the validation data; return Keras's logs; empty without data, None when ended early."""
