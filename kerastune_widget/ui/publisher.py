"""The one publisher: carries events from the training thread to the panels, at a pace that a browser can follow."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Condition, Lock, Thread, current_thread
from typing import TypeVar

from ..core.events import Event, EventBus, RangeTestMoved, StepsEnded

logger = logging.getLogger(__name__)

PERIOD = 0.1
"""Seconds between two drawings while training goes on."""

FIRST_PERIOD = 0.01
"""The same before a run's first steps, so that its first point shows at once."""

_JOIN_SECONDS = 2.0

AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass(frozen=True)
class Batch:
    """What happened since the last drawing.

    Attributes:
        events: Oldest first; empty when only a setting moved or a panel asked to be called again.
        final: Whether everything must be drawn now, with nothing put off to a later batch.
    """

    events: Sequence[Event] = ()
    final: bool = False

    def of(self, kind: type[AnyEvent]) -> Iterator[AnyEvent]:
        """Yield the events of ``kind``, oldest first."""
        return (event for event in self.events if isinstance(event, kind))

    def last(self, kind: type[AnyEvent]) -> AnyEvent | None:
        """Return the newest event of ``kind``, or None."""
        return next((event for event in reversed(self.events) if isinstance(event, kind)), None)


class Mailbox:
    """Where the training thread leaves events; all it ever does is to append one to a list."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._events: list[Event] = []
        self._nudged = False
        self._resting = False
        self._closed = False

    def put(self, event: Event) -> None:
        """Add an event; wakes the publisher unless it is resting, and then it looks by itself."""
        with self._condition:
            self._events.append(event)
            if not self._resting:
                self._condition.notify_all()

    def nudge(self) -> None:
        """Ask for a drawing though nothing happened."""
        with self._condition:
            self._nudged = True
            self._condition.notify_all()

    def wait(self, seconds: float | None) -> bool:
        """Sleep until there is something to draw, or for ``seconds``; return False once closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._nudged or bool(self._events), seconds)
            return not self._closed

    def rest(self, seconds: float) -> None:
        """Sleep for ``seconds`` whatever arrives; only closing ends it early."""
        with self._condition:
            self._resting = True
            self._condition.wait_for(lambda: self._closed, seconds)
            self._resting = False

    def take(self) -> list[Event]:
        """Return what arrived and start afresh."""
        with self._condition:
            events, self._events, self._nudged = self._events, [], False
            return events

    def close(self) -> None:
        """Wake the publisher for the last time."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()


class Publisher:
    """Calls ``draw`` from one daemon thread, at most ten times a second, and not at all when nothing happens.

    The thread and the bus hold only the mailbox: a widget nobody refers to can be collected with its session.
    """

    def __init__(self, events: EventBus, draw: Callable[[Batch], bool]) -> None:
        """Subscribe and start.

        Args:
            events: What to listen to.
            draw: Draws one batch; returns whether it has put something off and wants to be called again soon.
        """
        self._draw = draw
        self._mailbox = Mailbox()
        self._drawing = Lock()
        subscription = events.subscribe(Event, self._mailbox.put)
        self._end = weakref.finalize(self, _end, self._mailbox, subscription.close)
        self._end.atexit = False
        self._thread = Thread(
            target=_watch, args=(self._mailbox, weakref.ref(self)), name="kerastune-publisher", daemon=True
        )
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the publishing thread still runs."""
        return self._thread.is_alive()

    def nudge(self) -> None:
        """Ask for a drawing soon, from any thread."""
        self._mailbox.nudge()

    def flush(self) -> None:
        """Draw, in the calling thread, everything that happened so far."""
        self.step(final=True)

    def step(self, final: bool = False) -> tuple[float, float | None]:
        """Draw one batch; return how long to rest and then how long to wait at most."""
        with self._drawing:
            batch = Batch(self._mailbox.take(), final)
            again = self._safe_draw(batch)
        moving = any(isinstance(event, StepsEnded | RangeTestMoved) for event in batch.events)
        return (PERIOD if moving else FIRST_PERIOD), (PERIOD if again else None)

    def close(self) -> None:
        """Stop listening and end the thread."""
        self._end()
        if self._thread is not current_thread():
            self._thread.join(_JOIN_SECONDS)

    def _safe_draw(self, batch: Batch) -> bool:
        try:
            return self._draw(batch)
        except Exception:
            logger.exception("Drawing failed")
            return False


def _end(mailbox: Mailbox, unsubscribe: Callable[[], None]) -> None:
    unsubscribe()
    mailbox.close()


def _watch(mailbox: Mailbox, reference: weakref.ref[Publisher]) -> None:
    wait: float | None = None
    while mailbox.wait(wait):
        publisher = reference()
        if publisher is None:
            return
        rest, wait = publisher.step()
        del publisher  # between drawings nothing here keeps the widget alive
        mailbox.rest(rest)
