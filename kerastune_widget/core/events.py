"""What the engine tells the world, in the past tense; a subscriber never calls back into training.

Every event carries ``run``, the number of the run it is about (1 for a session's first).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from .text import NO_TEXT, Text

logger = logging.getLogger(__name__)

RunStatus = Literal["waiting", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted"]


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""

    run: int


@dataclass(frozen=True)
class SettingChosen(Event):
    """A setting for the next run took a new value; ``run`` is the number of the last run, 0 before the first."""

    name: str = ""
    value: Any = None


@dataclass(frozen=True)
class RunLabelled(Event):
    """A person renamed a run, pinned it or wrote a note on it."""


@dataclass(frozen=True)
class RunDeleted(Event):
    """A run was taken out of the session's runs; it can be brought back."""


@dataclass(frozen=True)
class RunRestored(Event):
    """A deleted run was brought back."""


@dataclass(frozen=True)
class RunRequested(Event):
    """A run was asked for, or asked to go on; its model is being prepared."""


@dataclass(frozen=True)
class RunQueued(Event):
    """A run was asked for; another session is training, so this one waits."""


@dataclass(frozen=True)
class RunStarted(Event):
    """A run began, or was continued with more epochs.

    Attributes:
        hyperparameters: Everything it was started with, as JSON-able values.
        steps_per_epoch: Steps in one epoch at the batch size it starts with; None when unknown.
        first_epoch: 0 for a fresh run, the epochs already trained for a continued one.
        epochs: Total epochs when it ends.
        loop: Which loop trains it.
        reason: Why that loop.
    """

    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    steps_per_epoch: int | None = None
    first_epoch: int = 0
    epochs: int = 1
    loop: Literal["graph", "keras"] = "graph"
    reason: Text = NO_TEXT


@dataclass(frozen=True)
class StepsEnded(Event):
    """A chunk of steps ended.

    Attributes:
        first_step: Number of the chunk's first step, counted from 0 over the whole run.
        epoch: The epoch they belong to, counted from 0. A chunk never crosses epochs.
        values: Per-step numbers by name, float64 arrays of equal length. ``loss`` is the true
            loss of each batch (not Keras's running mean); so are metrics that are means.
        learning_rates: The rate each step was taken with, same length.
    """

    first_step: int = 0
    epoch: int = 0
    values: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    learning_rates: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class EpochEnded(Event):
    """An epoch ended.

    Attributes:
        epoch: Counted from 0.
        last_step: Number of steps taken so far in the whole run.
        logs: What ``fit`` would put into ``History``: running means, and ``val_`` values if any.
    """

    epoch: int = 0
    last_step: int = 0
    logs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Probed(Event):
    """The probe measured the network; comes before the ``EpochEnded`` of the same epoch.

    Attributes:
        epochs: How many epochs had ended (with the one that is about to be told); 0 before the first step.
        signals: One number by signal (see ``core.signals``) and layer.
    """

    epochs: int = 0
    signals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class SettingChanged(Event):
    """A hyperparameter took a new value in the middle of a run; ``step`` is the first with the new value."""

    step: int = 0
    name: str = ""
    old: Any = None
    new: Any = None


@dataclass(frozen=True)
class RunPaused(Event):
    """Training stands still, keeping all its state."""


@dataclass(frozen=True)
class RunResumed(Event):
    """A paused run goes on."""


@dataclass(frozen=True)
class RunEnded(Event):
    """A run ended, in whatever way.

    Attributes:
        status: "finished", "stopped" (by a person), "diverged" (loss no longer finite) or "failed"; of a run read
            from a log that has no end, "interrupted".
        seconds: Time spent training, pauses left out.
        error: For "failed", one line that says what went wrong.
        traceback: For "failed", Python's full report.
    """

    status: RunStatus = "finished"
    seconds: float = 0.0
    error: str = ""
    traceback: str = ""


@dataclass(frozen=True)
class RangeTestEvent(Event):
    """Something that happened in a range test of the learning rate; it is no run, so ``run`` is 0.

    Attributes:
        number: Which range test: 1 for the session's first.
    """

    number: int = 0


@dataclass(frozen=True)
class RangeTestStarted(RangeTestEvent):
    """A range test was asked for; its model is being prepared. Until it ended, the session is training."""


@dataclass(frozen=True)
class RangeTestMoved(RangeTestEvent):
    """A range test has more points, or began with its next curve."""


@dataclass(frozen=True)
class RangeTestEnded(RangeTestEvent):
    """A range test ended, was stopped, or failed: ``error`` of the test says why."""


@dataclass(frozen=True)
class RepeatEvent(Event):
    """Something that happened in repeated runs; it is no run, so ``run`` is 0.

    Attributes:
        kind: "repeat" (over seeds), "spread" (by source of chance) or "folds" (cross-validation).
        number: Which of its kind: 1 for the session's first.
    """

    kind: Literal["repeat", "spread", "folds"] = "repeat"
    number: int = 0


@dataclass(frozen=True)
class RepeatStarted(RepeatEvent):
    """Repeated runs were asked for. Until they ended, the session is training."""


@dataclass(frozen=True)
class RepeatMoved(RepeatEvent):
    """One of the runs ended: there is one more row."""


@dataclass(frozen=True)
class RepeatEnded(RepeatEvent):
    """The last of the runs ended, or all were stopped, or they failed: ``error`` of the repeat says why."""


@dataclass(frozen=True)
class AuditEvent(Event):
    """Something that happened in an audit of the model; it is no run, so ``run`` is 0.

    Attributes:
        number: Which audit: 1 for the session's first.
    """

    number: int = 0


@dataclass(frozen=True)
class AuditStarted(AuditEvent):
    """An audit was asked for. Until it ended, the session is training."""


@dataclass(frozen=True)
class AuditMoved(AuditEvent):
    """One more check of an audit was made."""


@dataclass(frozen=True)
class AuditEnded(AuditEvent):
    """An audit ended, was stopped, or failed: ``error`` of the audit says why."""


@dataclass(frozen=True)
class StrictCostMeasured(Event):
    """What strict mode costs was measured, or could not be; it is no run, so ``run`` is 0.

    Attributes:
        number: Which measurement: 1 for the session's first.
    """

    number: int = 0


AnyEvent = TypeVar("AnyEvent", bound=Event)


class Subscription:
    """Handle that ends a subscription; also a context manager."""

    def __init__(self, close: Callable[[], None]) -> None:
        self.close = close

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class EventBus:
    """Carries events from the training thread to whoever subscribed, in the publisher's thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._handlers: list[tuple[type[Event], Callable[[Any], None]]] = []

    def subscribe(self, kind: type[AnyEvent], handler: Callable[[AnyEvent], None]) -> Subscription:
        """Call ``handler`` with each event of ``kind`` or of a kind derived from it (``Event``: all)."""
        entry = (kind, handler)
        with self._lock:
            self._handlers.append(entry)
        return Subscription(lambda: self._remove(entry))

    def publish(self, event: Event) -> None:
        """Call each handler in the order of subscription; one that fails is logged and stops nothing."""
        with self._lock:
            handlers = tuple(self._handlers)
        for kind, handler in handlers:
            if not isinstance(event, kind):
                continue
            try:
                handler(event)
            except Exception:
                logger.exception("Handler %r failed on %s", handler, type(event).__name__)

    def _remove(self, entry: tuple[type[Event], Callable[[Any], None]]) -> None:
        with self._lock:
            if entry in self._handlers:
                self._handlers.remove(entry)
