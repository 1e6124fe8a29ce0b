"""How the newest run stands, read from its events alone: a status property may lag behind the event that announces it."""

from __future__ import annotations

from ...core.events import Event, RunEnded, RunPaused, RunQueued, RunResumed, RunStarted, RunStatus
from ..publisher import Batch
from ._base import Context

_STATUS: dict[type[Event], RunStatus] = {
    RunQueued: "waiting",
    RunStarted: "running",
    RunPaused: "paused",
    RunResumed: "running",
}

TRAINING: frozenset[RunStatus | None] = frozenset({"waiting", "running", "paused"})


def standing(context: Context) -> RunStatus | None:
    """Return how the newest run stands when a panel is made; None before the first run."""
    return context.run.status if context.run else None


def follow_standing(status: RunStatus | None, batch: Batch) -> RunStatus | None:
    """Return how the run stands after ``batch``."""
    for event in batch.events:
        status = event.status if isinstance(event, RunEnded) else _STATUS.get(type(event), status)
    return status
