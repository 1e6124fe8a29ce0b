"""The one shape of chart data, PlotSpec: drawn live by the browser and still by matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .text import Text

Role = Literal["training", "validation", "rate", "other"]
Mark = Literal["line", "points", "faint"]


def _no_numbers() -> NDArray[np.float32]:
    return np.empty(0, dtype=np.float32)


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        id: Unique in its plot; deltas name it.
        title: How the legend and the hover read-out call it.
        axis: ``id`` of the axis it is drawn on.
        role: What it means; painters choose colour and dash by it.
        mark: "line" is a full line (smoothed when smoothing is on), "points" a line with a dot at each value
            (one value an epoch), "faint" a thin pale line (the raw values behind a smoothed one).
        colour: Index into the painters' palette (0 for the first run).
        x: Positions, in steps, float32 ascending.
        y: Values, float32, same length; NaN breaks the line.
    """

    id: str
    title: Text
    axis: str
    role: Role = "training"
    mark: Mark = "line"
    colour: int = 0
    x: NDArray[np.float32] = field(default_factory=_no_numbers)
    y: NDArray[np.float32] = field(default_factory=_no_numbers)


@dataclass(frozen=True)
class Axis:
    """One pane of the plot with its own vertical axis; panes share the horizontal one."""

    id: str
    title: Text
    log: bool = False


@dataclass(frozen=True)
class Annotation:
    """A vertical mark at ``x`` (steps), such as a mid-run change; ``kind`` picks the painter's style."""

    x: float
    text: Text
    kind: Literal["change", "end"] = "change"


@dataclass(frozen=True)
class Span:
    """A highlighted stretch of the horizontal axis (steps), such as a finding's evidence."""

    start: float
    end: float
    severity: Literal["good", "info", "warning", "problem"] = "info"


@dataclass(frozen=True)
class PlotSpec:
    """All that a painter needs; knows neither browser nor matplotlib.

    Attributes:
        name: Which plot.
        title: Its headline; may be empty.
        x_title: What the horizontal axis counts.
        axes: The panes, top to bottom.
        series: The curves.
        annotations: Vertical marks.
        spans: Highlighted stretches.
        epoch_ends: Steps at which epochs ended, for ticks and the hover read-out.
    """

    name: str
    title: Text
    x_title: Text
    axes: Sequence[Axis] = ()
    series: Sequence[Series] = ()
    annotations: Sequence[Annotation] = ()
    spans: Sequence[Span] = ()
    epoch_ends: Sequence[int] = ()

    def to_json(self) -> dict[str, Any]:
        """Return everything but the numbers of the curves, JSON-able; those travel as binary buffers."""
        spec = asdict(self)
        for curve in spec["series"]:
            del curve["x"], curve["y"]
        return spec
