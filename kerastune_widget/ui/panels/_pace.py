"""How far a run is, how quick, and how long it will take: plain numbers from its events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from ...core.events import EpochEnded, Event, RunPaused, RunStarted, StepsEnded

_WINDOW = 3.0  # seconds over which the speed is measured
_SHORTEST = 0.2  # seconds: what comes in one drawing says nothing about the speed


@dataclass
class Pace:
    """Position and speed of the newest run.

    Attributes:
        epochs: Epochs when it ends.
        epoch: Epochs that ended.
        steps: Steps taken in the whole run.
        steps_per_epoch: Of the epoch that goes on; None when unknown.
    """

    clock: Callable[[], float] = monotonic
    epochs: int = 1
    epoch: int = 0
    steps: int = 0
    steps_per_epoch: int | None = None
    _epoch_start: int = 0
    _first_step: int | None = 0  # None: the run has taken no step yet
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def follow(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, StepsEnded):
            if self._first_step is None:
                self._first_step = self._epoch_start = event.first_step  # a branch begins in the middle
            self.steps = event.first_step + len(event.learning_rates)
        elif isinstance(event, EpochEnded):
            self._end_epoch(event)
        elif isinstance(event, RunStarted):
            self._start(event)
        elif isinstance(event, RunPaused):
            self._marks.clear()

    def mark(self) -> None:
        """Note the time, once a drawing, for the speed."""
        if self._first_step is None:
            return  # making the model ready takes time, but no steps
        now = self.clock()
        if not self._marks or self._marks[-1][1] != self.steps:
            self._marks.append((now, self.steps))
        while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW:
            self._marks.popleft()

    @property
    def fraction(self) -> float:
        """0 at the start, 1 at the end."""
        within = (self.steps - self._epoch_start) / self.steps_per_epoch if self.steps_per_epoch else 0.0
        return min((self.epoch + min(max(within, 0.0), 1.0)) / max(self.epochs, 1), 1.0)

    @property
    def speed(self) -> float | None:
        """Steps a second; None when it is too early to say."""
        if len(self._marks) < 2:
            return None
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end - start >= _SHORTEST else None

    @property
    def seconds_left(self) -> float | None:
        """Time until the end at this speed; None when it is too early to say."""
        if not self.speed or not self.steps_per_epoch:
            return None
        return (1 - self.fraction) * self.epochs * self.steps_per_epoch / self.speed

    def _start(self, event: RunStarted) -> None:
        self.epochs, self.epoch, self.steps_per_epoch = event.epochs, event.first_epoch, event.steps_per_epoch
        if event.first_epoch == 0:
            self.steps = self._epoch_start = 0
        self._first_step = None
        self._marks.clear()

    def _end_epoch(self, event: EpochEnded) -> None:
        self.epoch, self.steps = event.epoch + 1, event.last_step
        self.steps_per_epoch = max(event.last_step - self._epoch_start, 1)  # a new batch size changes it
        self._epoch_start = event.last_step
