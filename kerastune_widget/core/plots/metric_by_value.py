"""A metric against the value of one setting: what a sweep found, with its best value marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..control import ControlSpec
from ..metric_direction import best_epoch, direction
from ..plot import Annotation, Axis, Label, Plot, PlotSpec, Role, Series
from ..text import NO_TEXT, Text
from ..value_text import setting_title, setting_value
from ._words import is_share, value_title

_DECADES = 10.0  # from this ratio on, values are read better on a logarithmic axis

Point = tuple[Any, float]


def build(
    points: Sequence[Point],
    *,
    name: str,
    metric: str,
    controls: Mapping[str, ControlSpec] | None = None,
) -> PlotSpec:
    """Describe ``metric`` against the values of the setting ``name``.

    Args:
        points: Value of the setting and metric of each run; a value may come more than once, a metric be NaN.
        name: Which setting.
        metric: Which metric, by Keras's name.
        controls: What can be set, by name, for how setting and values are called; our own words when left out.
    """
    values = list(dict.fromkeys(_key(value) for value, _ in points))
    numeric = all(_is_number(value) for value in values)
    places = {value: float(value) if numeric else float(place) for place, value in enumerate(values)}
    x_log = numeric and bool(values) and min(values) > 0 and max(values) >= _DECADES * min(values)
    words = {_key(value): setting_value(name, value, controls) for value, _ in points}
    return PlotSpec(
        name="metric-by-value",
        title=NO_TEXT,
        x_title=setting_title(name, controls),
        axes=[Axis(metric, value_title(metric), loggable=not is_share(metric))],
        series=_curves([(places[_key(value)], number) for value, number in points], metric, joined=numeric),
        annotations=_best([(_key(value), number) for value, number in points], metric, places, words),
        x_log=x_log,
        x_labels=[] if numeric else [Label(places[value], words[value]) for value in values],
    )


def _curves(points: Sequence[tuple[float, float]], metric: str, *, joined: bool) -> list[Series]:
    """Return a dot for each run and, for numbers, a line through the mean at each value."""
    ordered = sorted(points, key=lambda point: point[0])
    role: Role = "validation" if metric.startswith("val_") else "training"
    runs = _series(ordered, metric, Text(en="Runs", zh="各次运行"), "dots", role)
    means = [
        (x, float(np.mean([y for place, y in ordered if place == x]))) for x in dict.fromkeys(x for x, _ in ordered)
    ]
    if not joined or len(means) < 2:
        return [runs]
    if len(means) == len(ordered):
        return [_series(ordered, metric, value_title(metric), "points", role)]
    return [_series(means, f"{metric}/mean", Text(en="Mean", zh="均值"), "line", role), runs]


def _series(points: Sequence[tuple[float, float]], name: str, title: Text, mark: Any, role: Role) -> Series:
    with np.errstate(over="ignore"):
        x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T.astype(np.float32)
    return Series(name, title, name.removesuffix("/mean"), role, mark, x=x, y=y)


def _best(
    points: Sequence[Point], metric: str, places: Mapping[Any, float], words: Mapping[Any, Text]
) -> list[Annotation]:
    """Mark the value whose runs are best on average; one that diverged in any run is not."""
    if direction(metric) is None or len(places) < 2:
        return []
    means = np.array([np.mean([number for value, number in points if value == one]) for one in places])
    best = best_epoch(metric, means)
    if best is None:
        return []
    value = list(places)[best]
    text = Text(en=f"best: {words[value].en}", zh=f"最佳：{words[value].zh}")
    return [Annotation(places[value], text, kind="best")]


def _key(value: Any) -> Any:
    """Return what tells values apart; a dict (one value a part) can't."""
    return str(value) if isinstance(value, Mapping) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


PLOT = Plot(name="metric-by-value", title=Text(en="Metric by value", zh="指标随取值变化"), build=build)
