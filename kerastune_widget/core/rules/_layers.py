"""The probe's signals as rules read them: layers in order, epochs that were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..history import History
from ..signals import MODEL
from ..text import Text

Numbers = NDArray[np.float64]

_BORN = Text(en="they were so before the first step", zh="训练开始之前就已如此")


def by_layer(history: History, signal: str) -> dict[str, Numbers]:
    """Return a signal by layer, the whole model's left out, with at least one measured value each."""
    return {
        layer: values
        for layer, values in history.signal(signal).items()
        if layer != MODEL and bool((~np.isnan(values)).any())
    }


def of_model(history: History, signal: str) -> Numbers:
    """Return a signal of the whole model; empty when it was not measured."""
    return history.signal(signal).get(MODEL, np.empty(0))


def lately(values: Numbers) -> float:
    """Return the median of the last three measured values; NaN without any."""
    measured = values[~np.isnan(values)][-3:]
    return float(np.median(measured)) if len(measured) else np.nan


def at_start(values: Numbers) -> float:
    """Return what was measured before the first step; NaN when that was left out."""
    return float(values[0]) if len(values) else np.nan


def since(values: Numbers, least: float, epochs: int) -> tuple[int, int] | None:
    """Return the epochs over which ``values`` stayed at ``least`` or above up to the end, None when they do not.

    Args:
        values: One value before the first epoch and one after each.
        least: The level.
        epochs: How many epochs ended.
    """
    below = np.flatnonzero(values < least)  # NaN, where the probe was left out, is neither
    first = int(below[-1]) + 1 if len(below) else 0
    return (max(first - 1, 0), epochs - 1) if epochs and first < len(values) else None


@dataclass(frozen=True)
class Affected:
    """The layers that show a sign, measured as a share (0 to 1) of each.

    Attributes:
        layers: Names of the layers at the level or above, worst first; at least one.
        share: The worst layer's share lately.
        before: That layer's share before the first step; NaN when that was left out.
        born: Whether it was at the level before the first step.
        span: The epochs over which it stayed there up to the end; None when it did not.
    """

    layers: tuple[str, ...]
    share: float
    before: float
    born: bool
    span: tuple[int, int] | None

    def values(self, *, grown: Text) -> dict[str, Any]:
        """Return the numbers of the finding.

        Args:
            grown: How it came about where it was not so from the start.
        """
        before = 0.0 if np.isnan(self.before) else self.before
        return {"layer": self.layers[0], "share": self.share, "before": before, "when": _BORN if self.born else grown}


def affected(history: History, signal: str, least: float) -> Affected | None:
    """Return the layers whose share lately is ``least`` or more; None when none is."""
    courses = by_layer(history, signal)
    shares = {layer: lately(values) for layer, values in courses.items()}
    layers = tuple(sorted((layer for layer in shares if shares[layer] >= least), key=lambda layer: -shares[layer]))
    if not layers:
        return None
    course = courses[layers[0]]
    before = at_start(course)
    span = since(course, least, history.epoch_count)
    return Affected(layers, shares[layers[0]], before, before >= least, span)


def loss_curves(history: History) -> tuple[str, ...]:
    """Return the names of the losses that were recorded, for evidence that lies inside the network."""
    return tuple(name for name in ("loss", "val_loss") if name in history.epochs)
