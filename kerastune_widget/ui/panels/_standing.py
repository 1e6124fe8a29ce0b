"""How the newest run stands, read from its events: a status property may lag behind the event that announces it."""

from __future__ import annotations

from typing import Any, Literal

from ...core.events import (
    AuditEnded,
    AuditStarted,
    Event,
    RangeTestEnded,
    RangeTestStarted,
    RepeatEnded,
    RepeatMoved,
    RepeatStarted,
    RunDeleted,
    RunEnded,
    RunPaused,
    RunQueued,
    RunRequested,
    RunRestored,
    RunResumed,
    RunStarted,
    RunStatus,
    StrictCostMeasured,
)
from ...core.training import RunLike, SessionLike
from ..publisher import Batch

Standing = RunStatus | Literal["ready", "preparing", "testing", "repeating", "auditing"]
"""A run's status; "ready" before the first run, "preparing" from the click until the run has started, "testing" while
a range test of the learning rate goes on, "repeating" while runs go on that are not among the session's, "auditing"
while the model is audited."""

TRAINING: frozenset[Standing] = frozenset(
    {"preparing", "waiting", "running", "paused", "testing", "repeating", "auditing"}
)

_STANDINGS: dict[type[Event], Standing] = {
    RunRequested: "preparing",
    RunQueued: "waiting",
    RunStarted: "running",
    RunPaused: "paused",
    RunResumed: "running",
    RangeTestStarted: "testing",
    AuditStarted: "auditing",
    RepeatStarted: "repeating",
    RepeatMoved: "repeating",
}

_LOOK_ANEW = (RunDeleted, RunRestored, RangeTestEnded, RepeatEnded, AuditEnded, StrictCostMeasured)


def first_standing(session: SessionLike, run: RunLike | None) -> Standing:
    """Return how ``run`` stands before any event was seen."""
    if _tests(session):
        return "testing"
    if session.training and session.active is None and session.audits and not session.audits[-1].ended:
        return "auditing"
    if session.training and session.active is None and repeating(session) is not None:
        return "repeating"
    if run is None:
        return "preparing" if session.training else "ready"
    return "preparing" if run.status == "waiting" else run.status


def next_standing(standing: Standing, batch: Batch, session: SessionLike, run: RunLike | None) -> Standing:
    """Return how ``run``, the one that trains or trained last, stands after ``batch``."""
    for event in batch.events:
        standing = event.status if isinstance(event, RunEnded) else _STANDINGS.get(type(event), standing)
    if any(_looks_anew(event, run) for event in batch.events):
        standing = first_standing(session, run)
    return "preparing" if standing not in TRAINING and session.training else standing


def repeating(session: SessionLike) -> Any:
    """Return the repeat, spread or cross-validation that goes on; None when none does."""
    newest = (every[-1] for every in (session.repeats, session.spreads, session.cross_validations) if every)
    return next((one for one in newest if not one.ended), None)


def _looks_anew(event: Event, run: RunLike | None) -> bool:
    return isinstance(event, _LOOK_ANEW) or _ends_another(event, run)


def _tests(session: SessionLike) -> bool:
    """Whether a range test goes on."""
    return (
        session.training and session.active is None and bool(session.range_tests) and not session.range_tests[-1].ended
    )


def _ends_another(event: Event, run: RunLike | None) -> bool:
    """Whether a run ended that is not the one to speak of: one of a proof."""
    return isinstance(event, RunEnded) and (run is None or run.number != event.run)
