"""A history as the events that would make it: how a branch's prefix, or a run whose log broke off, is written."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...core.events import EpochEnded, Event, Probed, SettingChanged, StepsEnded
from ...core.history import Change, History


def events_of(history: History, run: int) -> Iterator[Event]:
    """Yield steps, changes, what was probed and ends of epochs in an order that gives an equal history again.

    Args:
        history: What was recorded; its steps must be known.
        run: Number to give to the events.
    """
    changes = list(history.changes)
    taken = 0
    if history.signals:
        yield Probed(run, 0, _measured(history, 0))  # in any case: it names all signals and layers
    for epoch, end in enumerate(history.epoch_ends):
        yield from _within(history, run, epoch, taken, end, changes)
        logs = {name: values[epoch] for name, values in history.epochs.items() if epoch < len(values)}
        if history.signals and not _left_out(history, epoch + 1):
            yield Probed(run, epoch + 1, _measured(history, epoch + 1))
        yield EpochEnded(run, epoch, end, logs)
        taken = end
    yield from _within(history, run, len(history.epoch_ends), taken, len(history.learning_rates), changes)


def _measured(history: History, epochs: int) -> dict[str, dict[str, float]]:
    return {
        signal: {layer: values[epochs] for layer, values in layers.items()}
        for signal, layers in history.signals.items()
    }


def _left_out(history: History, epochs: int) -> bool:
    return all(math.isnan(value) for layers in _measured(history, epochs).values() for value in layers.values())


def _within(history: History, run: int, epoch: int, start: int, end: int, changes: list[Change]) -> Iterator[Event]:
    """Yield what lies between two ends of epochs; used-up changes are taken out of ``changes``."""
    while changes and changes[0].epoch <= epoch:
        change = changes.pop(0)
        yield from _steps(history, run, epoch, start, change.step)
        start = max(start, change.step)
        yield SettingChanged(run, change.step, change.name, change.old, change.new)
    yield from _steps(history, run, epoch, start, end)


def _steps(history: History, run: int, epoch: int, start: int, end: int) -> Iterator[StepsEnded]:
    if end > start:
        values = {name: numbers[start:end] for name, numbers in history.steps.items()}
        yield StepsEnded(run, start, epoch, values, history.learning_rates[start:end])
