"""What both training loops are to the run that drives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text

Numbers = NDArray[np.float64]


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
    """

    number: int
    batch_size: int
    seed: int
    shuffle: bool
    first_step: int = 0


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

    def train(self, epoch: Epoch, tick: Tick) -> dict[str, float] | None:
        """Train one epoch; return Keras's logs of it, or None when ``tick`` ended it before its last step."""

    def validate(self, batch_size: int, tick: Tick) -> dict[str, float] | None:
        """Evaluate on the validation data; return Keras's logs; empty without data, None when ended early."""
