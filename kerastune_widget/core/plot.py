"""The one shape of chart data, PlotSpec: drawn live by the browser and still by matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import accumulate
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .text import Text

Role = Literal["training", "validation", "rate", "other"]
Mark = Literal["line", "points", "dots", "faint"]

PALETTE_SIZE = 8
"""Colours that painters have before they repeat."""


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
            (one value an epoch), "dots" the dots without a line, "faint" a thin pale line (the raw values behind a
            smoothed one).
        colour: Index into the painters' palette (0 for the first run).
        x: Positions, in steps, float32 ascending.
        y: Values, float32, same length; NaN breaks the line.
        smooth: Whether painters draw these raw values pale, with their moving average in front. For "line" only.
        raw: Whether the raw values behind the moving average are drawn at all; painters leave them out when smoothing
            is on, to keep a plot of many runs calm.
        since: Position from which the curve is drawn, included; what lies before is shared with another curve, counts
            for no range, and only feeds the moving average. Painters put a ring on its first drawn value: the fork.
            None draws all.
        fill_to: ``id`` of a curve of the same pane with the same positions; painters fill what lies between, for a
            band. None fills nothing.
    """

    id: str
    title: Text
    axis: str
    role: Role = "training"
    mark: Mark = "line"
    colour: int = 0
    x: NDArray[np.float32] = field(default_factory=_no_numbers)
    y: NDArray[np.float32] = field(default_factory=_no_numbers)
    smooth: bool = False
    raw: bool = True
    since: float | None = None
    fill_to: str | None = None

    @property
    def first(self) -> int:
        """Place of the first value that is drawn."""
        return 0 if self.since is None else int(np.searchsorted(self.x, self.since))


@dataclass(frozen=True)
class Axis:
    """One pane of the plot with its own vertical axis; panes share the horizontal one.

    Attributes:
        id: Unique in its plot; series name it.
        title: Heading of the pane.
        log: Whether it starts with a logarithmic axis.
        loggable: Whether the page offers a switch between linear and logarithmic.
        wide: Whether it is a lower pane over the full width, below the others: it goes with them, and is read after.
    """

    id: str
    title: Text
    log: bool = False
    loggable: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Annotation:
    """A vertical mark at ``x`` (steps), such as a mid-run change; ``kind`` picks the painter's style.

    A "fork" says where a run branched off (the rings of ``Series.since`` show it on the curves), a "best" which
    position is the best one, a "suggestion" one that a method suggests: of those, painters leave no words out. A
    "wait" is drawn paler than the others.

    Attributes:
        x: Where.
        text: What it says.
        kind: What it means.
        axis: ``id`` of the one pane that it belongs to, with its words above that; empty for all of them, with its
            words above the first.
        short: What to write above the pane where the whole text is for the hover read-out only; None: the text.
    """

    x: float
    text: Text
    kind: Literal["change", "end", "fork", "best", "suggestion", "wait"] = "change"
    axis: str = ""
    short: Text | None = None


@dataclass(frozen=True)
class Label:
    """A word under the horizontal axis at ``x``."""

    x: float
    text: Text


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
        smoothing: Weight of the past in the moving average that painters start with, 0 (none) up to 1 (excluded).
        x_log: Whether the horizontal axis is logarithmic (say, for a learning rate).
        x_labels: What to write under the horizontal axis in place of numbers, left to right; empty for numbers.
        x_range: Ends of the horizontal axis while nobody zooms, so that it stands still as curves grow; None: from the
            first to the last position.
        x_pick: What picking a position does, the position's place in it as ``{{x}}``; None when none can be picked.
    """

    name: str
    title: Text
    x_title: Text
    axes: Sequence[Axis] = ()
    series: Sequence[Series] = ()
    annotations: Sequence[Annotation] = ()
    spans: Sequence[Span] = ()
    epoch_ends: Sequence[int] = ()
    smoothing: float = 0.0
    x_log: bool = False
    x_labels: Sequence[Label] = ()
    x_range: tuple[float, float] | None = None
    x_pick: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """Return everything but the numbers of the curves, JSON-able; those travel as binary buffers."""
        spec: dict[str, Any] = {
            item.name: getattr(self, item.name) for item in fields(self) if item.name not in ("series", "epoch_ends")
        }
        for name in ("title", "x_title"):
            spec[name] = _as_read(spec[name])
        for name in ("axes", "annotations", "spans", "x_labels"):
            spec[name] = [_as_read(part) for part in spec[name]]
        spec["x_pick"] = None if self.x_pick is None else _as_read(self.x_pick)
        spec["epoch_ends"] = [int(end) for end in self.epoch_ends]
        spec["series"] = [{**_without_numbers(curve), "hue": hue(curve, self)} for curve in self.series]
        return spec


@dataclass(frozen=True)
class Plot:
    """One kind of plot, one file.

    Attributes:
        name: Kebab-case, as in the file's name.
        title: What a menu calls it.
        build: Pure function from numbers to a PlotSpec; what it takes is told in its own docstring.
    """

    name: str
    title: Text
    build: Callable[..., PlotSpec]


def hue(curve: Series, spec: PlotSpec) -> int:
    """Return which colour of the palette a painter gives to ``curve``.

    A plot of one run tells training from validation by colour (and by dash, so that colour is never the only cue);
    a plot of several runs keeps one colour for each run and tells the roles by dash alone.
    """
    if len({other.colour for other in spec.series}) > 1:
        return curve.colour
    return {"training": 0, "validation": 1, "rate": 2, "other": 3}[curve.role]


def smoothed(values: NDArray[Any], weight: float) -> NDArray[np.float64]:
    """Return the exponential moving average, corrected for its start at zero, in float64.

    Args:
        values: Numbers in order; those that are not finite are skipped and stay NaN in the result.
        weight: Weight of the past, 0 (the values themselves) up to 1 (excluded).
    """
    given = np.asarray(values, dtype=np.float64)
    result = np.full(given.shape, np.nan)
    finite = np.isfinite(given)
    if not weight or not finite.any():
        result[finite] = given[finite]
        return result
    steps = accumulate(given[finite].tolist(), lambda past, new: weight * past + (1 - weight) * new, initial=0.0)
    average = np.fromiter(steps, np.float64)[1:]
    result[finite] = average / -np.expm1(np.arange(1, len(average) + 1) * np.log(weight))
    return result


def _without_numbers(curve: Series) -> dict[str, Any]:
    part = {item.name: getattr(curve, item.name) for item in fields(curve) if item.name not in ("x", "y")}
    return {**part, "title": _as_read(curve.title)}


def _as_read(part: Any) -> dict[str, Any]:
    """Return ``part`` as a dict, its texts with their doubled braces (a run's name may have some) made single."""
    return asdict(part, dict_factory=_plain)


def _plain(items: list[tuple[str, Any]]) -> dict[str, Any]:
    part = dict(items)
    return {name: words.format() for name, words in part.items()} if part.keys() == {"en", "zh"} else part
