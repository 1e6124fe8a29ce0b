"""The learning rate of a run below its curves: as it was, over what was planned, and why it was cut on a plateau."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..control import readable
from ..history import History
from ..plateau import PlateauMark, plateau_marks
from ..plot import Annotation, Axis, Series
from ..schedule import PlannedRates
from ..text import Text
from ._thinned import kept_places
from ._words import title_of

RATE = "learning_rate"
"""``id`` of the pane, and of the curve in it, the run's prefix in front if it has one."""

PLANNED = "planned_learning_rate"
"""``id`` of the planned curve, likewise."""


_CUT = Text(en="cut to ×{factor}", zh="降至 {factor} 倍")
_GOING_ON = (None, "waiting", "running", "paused")


def rate_axis() -> Axis:
    """Return the pane: low, and over the full width."""
    return Axis(RATE, title_of(RATE), loggable=True, wide=True)


def rate_curves(
    history: History, planned: PlannedRates | None, *, prefix: str, title: Text, colour: int, offset: int
) -> list[Series]:
    """Return the rates that were planned, pale, and those of the steps taken, over them.

    Args:
        history: The numbers of one run.
        planned: What the whole run was to do; None draws only what it did.
        prefix: Goes in front of each curve's id.
        title: What the curves are called.
        colour: Place of the run in the palette.
        offset: Steps to move everything to the right by.
    """
    places = np.arange(offset + 1, offset + 1 + len(history.learning_rates), dtype=np.float32)
    own = Series(
        f"{prefix}{RATE}",
        title,
        RATE,
        role="rate",
        colour=colour,
        x=places,
        y=history.learning_rates.astype(np.float32),
    )
    x, y = _plan(history, planned)
    if not len(x):
        return [own]
    return [replace(own, id=f"{prefix}{PLANNED}", mark="faint", x=x + np.float32(offset), y=y), own]


def plateau_annotations(history: History, ends: Sequence[int]) -> list[Annotation]:
    """Return what the plateau schedule made of each epoch that it did not like, at the end of that."""
    marks = [mark for mark in plateau_marks(history) if mark.action != "best" and mark.epoch < len(ends)]
    return [_reason(mark, float(ends[mark.epoch])) for mark in marks]


def _reason(mark: PlateauMark, x: float) -> Annotation:
    if mark.action != "cut":
        return Annotation(x, mark.sentence, "wait", RATE)
    return Annotation(x, mark.sentence, axis=RATE, short=_CUT.filled(factor=readable(float(f"{mark.factor:.3g}"))))


def _plan(history: History, planned: PlannedRates | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return positions and rates of what was planned, from the branching on; of a run that ended, as far as it came."""
    if planned is None:
        return np.empty(0, np.float32), np.empty(0, np.float32)
    end = len(planned.rates) if history.status in _GOING_ON else len(history.learning_rates)
    rates = planned.rates[history.branch_step : end]
    kept = kept_places(rates)
    return (kept + 1 + history.branch_step).astype(np.float32), rates[kept].astype(np.float32)
