"""What a schedule is: how the learning rate moves over a run, as a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

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


@cache
def all_schedules() -> dict[str, Schedule]:
    """Return every schedule by name, in the order to show them."""
    from . import schedules

    found = discover(schedules, "SCHEDULE", Schedule).values()
    return {schedule.name: schedule for schedule in sorted(found, key=lambda schedule: schedule.order)}
