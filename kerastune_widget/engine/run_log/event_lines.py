"""One event of a run as one line of JSON, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from ...core.events import (
    EpochEnded,
    Event,
    Probed,
    RunEnded,
    RunPaused,
    RunQueued,
    RunRequested,
    RunResumed,
    RunStarted,
    RunStatus,
    SettingChanged,
    StepsEnded,
)
from ...core.text import Text
from .fields import Fields
from .header import SETTINGS
from .strict_json import pack

Values = Mapping[str, Any]

_ENDS = ("finished", "stopped", "diverged", "failed", "interrupted")
_BOTH = Text(en="{en}", zh="{zh}")


def _started(event: RunStarted) -> Values:
    return {
        "hyperparameters": event.hyperparameters,
        "steps_per_epoch": event.steps_per_epoch,
        "first_epoch": event.first_epoch,
        "epochs": event.epochs,
        "loop": event.loop,
        "reason": {"en": event.reason.get("en"), "zh": event.reason.get("zh")},
    }


def _read_started(run: int, fields: Fields) -> RunStarted:
    return RunStarted(
        run,
        hyperparameters=fields.mapping("hyperparameters"),
        steps_per_epoch=fields.whole("steps_per_epoch", 1) if fields.has("steps_per_epoch") else None,
        first_epoch=fields.whole("first_epoch"),
        epochs=fields.whole("epochs", 1),
        loop="graph" if fields.one_of("loop", ("graph", "keras")) == "graph" else "keras",
        reason=_BOTH.filled(en=fields.fields("reason").text("en"), zh=fields.fields("reason").text("zh")),
    )


def _steps(event: StepsEnded) -> Values:
    return {
        "first_step": event.first_step,
        "epoch": event.epoch,
        "values": {name: pack(numbers) for name, numbers in event.values.items()},
        "learning_rates": pack(event.learning_rates),
    }


def _read_steps(run: int, fields: Fields) -> StepsEnded:
    rates = fields.array("learning_rates")
    values = fields.arrays("values")
    return StepsEnded(run, fields.whole("first_step"), fields.whole("epoch"), values, rates)


def _epoch(event: EpochEnded) -> Values:
    return {"epoch": event.epoch, "last_step": event.last_step, "logs": event.logs}


def _read_epoch(run: int, fields: Fields) -> EpochEnded:
    return EpochEnded(run, fields.whole("epoch"), fields.whole("last_step"), fields.numbers("logs"))


def _probed(event: Probed) -> Values:
    return {"epochs": event.epochs, "signals": event.signals}


def _read_probed(run: int, fields: Fields) -> Probed:
    inside = fields.fields("signals")
    return Probed(run, fields.whole("epochs"), {name: inside.numbers(name) for name in fields.mapping("signals")})


def _changed(event: SettingChanged) -> Values:
    return {"step": event.step, "name": event.name, "old": event.old, "new": event.new}


def _read_changed(run: int, fields: Fields) -> SettingChanged:
    name = fields.text("name")
    for side in ("old", "new") if name in SETTINGS else ():
        SETTINGS[name](fields, side)  # they may come to stand in code
    return SettingChanged(run, fields.whole("step"), name, fields.raw("old"), fields.raw("new"))


def _ended(event: RunEnded) -> Values:
    return {"status": event.status, "seconds": event.seconds, "error": event.error, "traceback": event.traceback}


def _read_ended(run: int, fields: Fields) -> RunEnded:
    status = cast(RunStatus, fields.one_of("status", _ENDS))
    return RunEnded(run, status, fields.amount("seconds"), fields.text("error"), fields.text("traceback"))


def _nothing(event: Event) -> Values:
    return {}


_WRITERS: dict[type[Event], Callable[[Any], Values]] = {
    RunRequested: _nothing,
    RunQueued: _nothing,
    RunStarted: _started,
    StepsEnded: _steps,
    EpochEnded: _epoch,
    Probed: _probed,
    SettingChanged: _changed,
    RunPaused: _nothing,
    RunResumed: _nothing,
    RunEnded: _ended,
}
_READERS: dict[str, Callable[[int, Fields], Event]] = {
    "RunRequested": lambda run, _: RunRequested(run),
    "RunQueued": lambda run, _: RunQueued(run),
    "RunStarted": _read_started,
    "StepsEnded": _read_steps,
    "EpochEnded": _read_epoch,
    "Probed": _read_probed,
    "SettingChanged": _read_changed,
    "RunPaused": lambda run, _: RunPaused(run),
    "RunResumed": lambda run, _: RunResumed(run),
    "RunEnded": _read_ended,
}


def is_logged(event: Event) -> bool:
    """Whether events of this kind are written: those of a run's course, not those of its labels."""
    return type(event) in _WRITERS


def describe(event: Event, at: float) -> Values:
    """Return an event as JSON-able values.

    Args:
        event: One that ``is_logged``.
        at: When it happened, in seconds since 1970.
    """
    return {"kind": type(event).__name__, "at": round(at, 3), **_WRITERS[type(event)](event)}


def read_event(run: int, values: Any) -> tuple[Event, float]:
    """Return the event that ``describe`` described, and when it happened.

    Args:
        run: Number of the run whose event it is.
        values: What the line held.

    Raises:
        LogError: If a field is missing or wrong.
    """
    fields = Fields(values)
    kind = fields.one_of("kind", tuple(_READERS))
    return _READERS[kind](run, fields), fields.amount("at")
