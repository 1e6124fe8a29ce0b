"""How the newest run stands, read from its events: a status property may lag behind the event that announces it."""

from __future__ import annotations

from typing import Literal

from ...core.events import Event, RunEnded, RunPaused, RunQueued, RunRequested, RunResumed, RunStarted, RunStatus
from ...core.training import SessionLike
from ..publisher import Batch

Standing = RunStatus | Literal["ready", "preparing"]
"""A run's status; "ready" before the first run, "preparing" from the click until the run has started."""

TRAINING: frozenset[Standing] = frozenset({"preparing", "waiting", "running", "paused"})

_STANDINGS: dict[type[Event], Standing] = {
    RunRequested: "preparing",
    RunQueued: "waiting",
    RunStarted: "running",
    RunPaused: "paused",
    RunResumed: "running",
}


def first_standing(session: SessionLike) -> Standing:
    """Return how the newest run stands before any event was seen."""
    runs = session.runs
    if not runs:
        return "ready"
    status = runs[-1].status
    return "preparing" if status == "waiting" else status


def next_standing(standing: Standing, batch: Batch, session: SessionLike) -> Standing:
    """Return how the newest run stands after ``batch``."""
    for event in batch.events:
        standing = event.status if isinstance(event, RunEnded) else _STANDINGS.get(type(event), standing)
    return "preparing" if standing not in TRAINING and session.training else standing
