"""Repeated runs over the epochs: each run pale, their mean in front, and a band of one standard deviation around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..plot import Axis, Plot, PlotSpec, Series
from ..repeat import RepeatRow, band
from ..text import NO_TEXT, Text
from ._words import is_share, value_title

_TITLE = Text(en="Repeated runs", zh="重复运行")
_EPOCH = Text(en="Epoch", zh="轮次")
_MEAN = Text(en="mean of {count} runs", zh="{count} 次运行的平均值")
_ONE = Text(en="seed {seed}", zh="种子 {seed}")
_FOLD = Text(en="fold {fold}", zh="第 {fold} 折")
_LOW = Text(en="mean − one standard deviation", zh="平均值 − 一倍标准差")
_HIGH = Text(en="mean + one standard deviation", zh="平均值 + 一倍标准差")


def build(rows: Sequence[RepeatRow], metrics: Sequence[str]) -> PlotSpec:
    """Describe how repeated runs went.

    Args:
        rows: The runs so far; those without numbers are left out.
        metrics: What to draw, a pane each, by Keras's names.
    """
    drawn = [row for row in rows if row.epochs]
    return PlotSpec(
        name="repeat-band",
        title=NO_TEXT,
        x_title=_EPOCH,
        axes=[Axis(metric, value_title(metric), loggable=not is_share(metric)) for metric in metrics],
        series=[curve for metric in metrics for curve in _pane(drawn, metric)],
    )


def _pane(rows: Sequence[RepeatRow], metric: str) -> list[Series]:
    spread = band([row.epochs for row in rows], metric)
    low, high = f"{metric}/low", f"{metric}/high"
    edges = [
        _curve(low, _LOW, metric, spread.low, mark="faint"),
        _curve(high, _HIGH, metric, spread.high, mark="faint", fill_to=low),
    ]
    each = [
        _curve(f"{metric}/run {place}", _name(row), metric, row.epochs[metric], mark="faint")
        for place, row in enumerate(rows)
        if metric in row.epochs
    ]
    mean = _curve(f"{metric}/mean", _MEAN.filled(count=len(each)), metric, spread.mean, mark="points")
    return [*(edges if len(each) > 1 else []), *each, mean] if each else []


def _name(row: RepeatRow) -> Text:
    return _ONE.filled(seed=row.seed) if row.fold is None else _FOLD.filled(fold=row.fold + 1)


def _curve(name: str, title: Text, metric: str, values: ArrayLike, **looks: object) -> Series:
    with np.errstate(over="ignore"):
        y = np.asarray(values, dtype=np.float64).astype(np.float32)
    x = np.arange(1, len(y) + 1, dtype=np.float32)
    return Series(name, title, metric, role="validation", x=x, y=y, **looks)  # type: ignore[arg-type]


PLOT = Plot(name="repeat-band", title=_TITLE, build=build)
