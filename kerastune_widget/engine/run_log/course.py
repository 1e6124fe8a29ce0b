"""Follows the events of one run as they are read, and refuses those that cannot come next."""

from __future__ import annotations

from ...core.events import (
    EpochEnded,
    Event,
    Probed,
    RunEnded,
    RunPaused,
    RunRequested,
    RunResumed,
    RunStarted,
    SettingChanged,
    StepsEnded,
)
from ...core.text import Text
from ...errors import LogError

_GAP = Text(
    en="its steps begin with {found}, but {taken} were taken before it",
    zh="它的步从第 {found} 步开始，但此前有 {taken} 步",
)
_UNEVEN = Text(
    en="it has {found} values of {name!r} for {steps} steps",
    zh="它有 {steps} 步，{name!r} 却有 {found} 个值",
)
_EPOCH = Text(
    en="it ends epoch {found} at step {step}, but {epochs} epochs and {taken} steps came before it",
    zh="它在第 {step} 步结束第 {found} 轮，但此前有 {epochs} 轮、{taken} 步",
)
_LATER = Text(
    en="its step is {found}, but {taken} were taken before it", zh="它的步数是 {found}，但此前只有 {taken} 步"
)
_AHEAD = Text(
    en="it was measured after {found} epochs, but {epochs} had ended before it",
    zh="它是在第 {found} 轮之后测得的，但此前只结束了 {epochs} 轮",
)


class Course:
    """How far a run is.

    Args:
        run: Its number.

    Attributes:
        epochs: Epochs that ended.
        steps: Steps taken.
        going_on: Whether it was asked for and has not ended.
        seconds: Time spent training as far as the events tell, pauses left out.
    """

    def __init__(self, run: int) -> None:
        self.run = run
        self.epochs = self.steps = 0
        self.going_on = False
        self.seconds = 0.0
        self._since: float | None = None

    def follow(self, event: Event, at: float) -> None:
        """Take in the next event.

        Raises:
            LogError: If it cannot follow what came before.
        """
        self._count_time(event, at)
        if isinstance(event, StepsEnded):
            self._take_steps(event)
        elif isinstance(event, EpochEnded):
            self._end_epoch(event)
        elif isinstance(event, Probed) and event.epochs > self.epochs + 1:
            raise LogError(_AHEAD.filled(found=event.epochs, epochs=self.epochs))
        elif isinstance(event, SettingChanged) and event.step > self.steps:
            raise LogError(_LATER.filled(found=event.step, taken=self.steps))
        elif isinstance(event, RunRequested | RunStarted):
            self.going_on = True
        elif isinstance(event, RunEnded):
            self.going_on, self.seconds = False, event.seconds

    def _take_steps(self, event: StepsEnded) -> None:
        count = len(event.learning_rates)
        if event.first_step != self.steps:
            raise LogError(_GAP.filled(found=event.first_step, taken=self.steps))
        for name, values in event.values.items():
            if len(values) != count:
                raise LogError(_UNEVEN.filled(found=len(values), name=name, steps=count))
        self.steps += count

    def _end_epoch(self, event: EpochEnded) -> None:
        if event.epoch != self.epochs or event.last_step != self.steps:
            raise LogError(_EPOCH.filled(found=event.epoch, step=event.last_step, epochs=self.epochs, taken=self.steps))
        self.epochs += 1

    def _count_time(self, event: Event, at: float) -> None:
        if self._since is not None:
            self.seconds += max(0.0, at - self._since)
        training = isinstance(event, RunStarted | RunResumed) or self._since is not None
        self._since = at if training and not isinstance(event, RunPaused | RunEnded) else None
