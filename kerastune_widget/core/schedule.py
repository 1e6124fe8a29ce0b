"""What a schedule is: how the learning rate moves over a run, as a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .discover import discover
from .text import NO_TEXT, Text

CONSTANT = "constant"
"""The name of the schedule that leaves the rate alone."""


@dataclass(frozen=True)
class Schedule:
    """One way for the learning rate to move over a run.

    Attributes:
        name: As the control calls it.
        title: As a person reads it.
        factor: From the position in the run (0 at its first step, 1 when all that was planned is done) to what
            multiplies the learning rate. It names its argument, ``math`` and built-ins only, so that a script can
            contain its source as it stands.
        help: One sentence on what it does.
        order: Place among the schedules, least first.
    """

    name: str
    title: Text
    factor: Callable[[float], float]
    help: Text = NO_TEXT
    order: int = 50


@dataclass(frozen=True)
class PlannedRates:
    """The learning rate at each step of a run that is yet to come.

    Attributes:
        rates: Float64, one a step; what the run will record unless something intervenes.
        steps_per_epoch: Steps in one epoch.
        momentum: Likewise for the momentum (SGD) or beta_1 (Adam and its like); None when it stays as it is.
        may_change: Whether the run may depart from it by itself: a plateau, a hand-over when the metric stalls.
    """

    rates: NDArray[np.float64]
    steps_per_epoch: int
    momentum: NDArray[np.float64] | None = None
    may_change: bool = False


@cache
def all_schedules() -> dict[str, Schedule]:
    """Return every schedule by name, in the order to show them."""
    from . import schedules

    found = discover(schedules, "SCHEDULE", Schedule).values()
    return {schedule.name: schedule for schedule in sorted(found, key=lambda schedule: schedule.order)}
