"""What the top floor may ask of a session and of a run; the engine provides it, tests can fake it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from .control import ControlSpec
from .diagnosis import Finding
from .events import EventBus, RunStatus
from .history import History
from .hyperparameters import Hyperparameters
from .text import Text


class RunLike(Protocol):
    """One training run, going on or ended. Safe to read from any thread."""

    @property
    def number(self) -> int:
        """1 for the session's first run."""

    @property
    def status(self) -> RunStatus:
        """How it stands."""

    @property
    def hyperparameters(self) -> Hyperparameters:
        """What it was started with."""

    @property
    def findings(self) -> Sequence[Finding]:
        """The diagnosis of what was recorded so far, most important first."""

    @property
    def error(self) -> str:
        """For a failed run, one line that says what went wrong; else empty."""

    @property
    def traceback(self) -> str:
        """For a failed run, Python's full report; else empty."""

    def record(self) -> History:
        """Return a snapshot of all numbers so far."""


class SessionLike(Protocol):
    """A model template, a data set and the runs made of them. Every method may be called from any thread."""

    @property
    def events(self) -> EventBus:
        """Where runs tell what happens; handlers are called on the training thread and must be quick."""

    @property
    def controls(self) -> Mapping[str, ControlSpec]:
        """What can be set, by name, in the order to show it."""

    @property
    def settings(self) -> Hyperparameters:
        """What the next run starts with, unless told otherwise. Follows ``set``."""

    @property
    def runs(self) -> Sequence[RunLike]:
        """All runs so far, oldest first."""

    @property
    def training(self) -> bool:
        """Whether a run is waiting, running or paused."""

    @property
    def notices(self) -> Sequence[Text]:
        """Things worth knowing about model and data before the first run, such as NaN in the inputs."""

    def set(self, name: str, value: Any) -> None:
        """Set one hyperparameter: for the next run, and, where its effect allows, for the one that is training."""

    def start(self, **hyperparameters: Any) -> RunLike:
        """Start a run in the background with ``settings``, changed by ``hyperparameters``; return at once."""

    def continue_run(self, epochs: int | None = None) -> RunLike:
        """Train the last run for more epochs from where it stands, in the background; return at once."""

    def pause(self) -> None:
        """Hold training after the current chunk of steps; nothing happens when none is running."""

    def resume(self) -> None:
        """Go on after ``pause``."""

    def stop(self) -> None:
        """End the run after the current chunk of steps, keeping what it learned; returns at once."""

    def close(self) -> None:
        """Stop any training, end the thread and let go of the model's memory."""
