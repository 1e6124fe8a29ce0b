"""What every panel shares: its surroundings, its lock, its language."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import ipywidgets

from ...core.events import RunQueued, RunRequested, RunStarted
from ...core.text import Language, Text
from ...core.training import ProofLike, RunLike, SessionLike
from ..making import make
from ..publisher import Batch
from ._selection import Selection
from ._standing import Standing, first_standing, next_standing

logger = logging.getLogger(__name__)


def _nothing(*_: object) -> None:
    pass


@dataclass
class Context:
    """What the panels of one workbench have in common.

    Attributes:
        session: What they show and steer.
        language: What they speak.
        lock: Held by whoever writes to a widget: the publisher, or a handler on whichever thread it runs.
        nudge: Asks the publisher for a drawing.
        picked: Takes the run and the epochs done that a person picked as the place to branch from.
        selection: Which runs are on the chart, and which of them is in focus.
        standing: How ``run`` stands as of the batch that is being drawn.
    """

    session: SessionLike
    language: Language = "en"
    lock: Any = field(default_factory=RLock)
    nudge: Callable[[], None] = _nothing
    picked: Callable[[int, int], None] = _nothing
    selection: Selection = field(default_factory=Selection)
    standing: Standing = "ready"
    _trained: int | None = None  # number of the run that trains or trained last; None: the newest

    def __post_init__(self) -> None:
        self.standing = first_standing(self.session, self.run)
        self.selection.follow(self.session.runs, races=self._races)

    def follow(self, batch: Batch) -> None:
        """Take in which run trains, how it stands and what is on the chart, before the panels draw the same batch."""
        begun = [event.run for event in batch.events if isinstance(event, RunRequested | RunQueued | RunStarted)]
        started = [number for number in begun if self._is_own(number)]
        if started:
            self._trained = started[-1]
        self.standing = next_standing(self.standing, batch, self.session, self.run)
        self.selection.follow(self.session.runs, started[-1] if started else None, self._races)

    def say(self, text: Text, **values: object) -> str:
        """Return ``text`` in the current language."""
        return text.get(self.language, **values)

    @property
    def _races(self) -> list[list[int]]:
        """The runs of each race that are compared; those at other rates have a plot of their own."""
        return [list(race.runs[: len(race.optimizers)]) for race in self.session.races]

    def _is_own(self, number: int) -> bool:
        """Whether a run comes into focus by itself: evidence for a proof, or on a race's sensitivity, does not."""
        if any(number in race.runs[len(race.optimizers) :] for race in self.session.races):
            return False
        return all(run.number != number or run.proof is None for run in self.session.runs)

    @property
    def run(self) -> RunLike | None:
        """The run that trains, else the person's own one that trained last; None before the first."""
        active = self.session.active
        if active is not None:
            return active
        runs = [run for run in self.session.runs if run.proof is None]
        last = next((run for run in runs if run.number == self._trained), None)
        return last or (runs[-1] if runs else None)

    @property
    def proving(self) -> ProofLike | None:
        """The proof that goes on, or None."""
        active, proofs = self.session.active, self.session.proofs
        return proofs[-1] if proofs and active is not None and active.proof is not None else None

    @property
    def focused(self) -> RunLike | None:
        """The run in focus: its marks and findings are drawn."""
        return next((run for run in self.session.runs if run.number == self.selection.focus), None)

    @property
    def overlaid(self) -> list[RunLike]:
        """The runs on the chart, oldest first."""
        return [run for run in self.session.runs if run.number in self.selection.shown]

    def guard(self, widget: Any) -> Any:
        """Make the browser's changes to ``widget`` wait for the lock, and return it.

        Two threads that write to one widget corrupt it; a browser's message is one of them.
        """
        receive = widget.set_state

        def set_state(state: dict[str, Any]) -> None:
            with self.lock:
                receive(state)

        widget.set_state = set_state
        return widget

    def on_click(self, button: ipywidgets.Button, handler: Callable[[], None]) -> None:
        """Call ``handler`` under the lock when ``button`` is clicked."""

        def clicked(_: object) -> None:
            with self.lock:
                handler()

        button.on_click(clicked)

    def on_change(self, widget: Any, handler: Callable[[Any], None], name: str = "value") -> Any:
        """Call ``handler`` under the lock with each new value of a trait; return the guarded widget."""

        def changed(change: Any) -> None:
            with self.lock:
                handler(change["new"])

        widget.observe(changed, names=name)
        return self.guard(widget)


class Panel(ABC):
    """One part of the workbench.

    Attributes:
        context: Session, language and lock.
        widget: What is shown; the same object for the panel's whole life.
    """

    widget: Any

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def translate(self) -> None:
        """Write every text anew in the context's language; values stay."""

    @abstractmethod
    def update(self, batch: Batch) -> bool:
        """Draw what happened, under the lock; return whether something was put off to the next batch."""

    def follow(self, batch: Batch) -> bool:
        """Draw what happened; a panel that fails is logged and leaves the others alone."""
        try:
            with self.context.lock:
                return self.update(batch)
        except Exception:
            logger.exception("%s failed to draw", type(self).__name__)
            return False


def box(children: list[Any], *classes: str, horizontal: bool = False, **traits: Any) -> Any:
    """Return a box with our style classes."""
    made = make(ipywidgets.HBox if horizontal else ipywidgets.VBox, children, **traits)
    made._dom_classes = tuple(f"kerastune-{name}" for name in classes)
    return made
