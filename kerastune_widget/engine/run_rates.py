"""What a run's schedule makes of each epoch, from its settings and from what was recorded so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..core.history import History
from ..core.plateau import watched_epochs
from ..core.schedule import CONSTANT, Numbers, RunSchedule, Schedule, run_schedule
from .loop import StepValues


@dataclass(frozen=True)
class EpochRates:
    """What moves rate and momentum in an epoch.

    Attributes:
        schedule: Tells what multiplies the rate.
        momentum: Tells the momentum; None when it stays as it is.
    """

    schedule: StepValues
    momentum: StepValues | None


class RunRates:
    """Knows the schedules that a run may follow.

    Args:
        known: All schedules by name.
        epochs: That a schedule spans.
        record: Returns what was recorded of the run so far, for a schedule that watches it.
    """

    def __init__(self, known: Mapping[str, Schedule], epochs: int, record: Callable[[], History] = History) -> None:
        self._known, self._epochs, self._record = known, epochs, record

    def of(self, value: str) -> EpochRates | None:
        """Return what moves the rate in the coming epoch; None when it stays where it is.

        Args:
            value: Of the control ``schedule``, in normal form.
        """
        if value == CONSTANT:
            return None
        found = run_schedule(value, self._epochs, self._known)
        scale = self._watched(found)

        def schedule(steps: Numbers, steps_per_epoch: int) -> Numbers:
            return found.factors(steps, steps_per_epoch) * scale

        def momentum(steps: Numbers, steps_per_epoch: int) -> Numbers:
            momenta = found.momenta(steps, steps_per_epoch)
            assert momenta is not None
            return momenta

        return EpochRates(schedule, momentum if found.moves_momentum else None)

    def _watched(self, schedule: RunSchedule) -> float:
        """What a schedule that watches the run multiplies the rate by, from the epochs so far."""
        watched = [] if schedule.schedule.watch is None else watched_epochs(self._record(), schedule)
        return watched[-1].factor if watched else 1.0
