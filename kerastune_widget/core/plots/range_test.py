"""Range tests of the learning rate: the loss against the rate, and where each method suggests to go.

Every optimizer and batch size has one curve in front: the repeat that is going on and, once all have ended, their mean.
Pale behind it are the single losses (of one repeat) or the other repeats (of several).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ..control import readable
from ..plot import Annotation, Axis, Mark, Plot, PlotSpec, Series, Span
from ..range_test import Numbers, RangeCurve, RangeResult
from ..text import NO_TEXT, Text
from ._words import title_of

Condition = tuple[str, int]
"""Optimizer and batch size."""

_LOSS = Text(en="Training loss, smoothed", zh="训练损失（平滑后）")
_ONE = Text(en="Loss", zh="损失")
_BATCH = Text(en="Batch size {size}", zh="批大小 {size}")
_BOTH = Text(en="{optimizer}, batch size {size}", zh="{optimizer}，批大小 {size}")
_PICK = Text(en="set the learning rate to {{x}}", zh="将学习率设为 {{x}}")
_MARK = Text(en="{title}: {rate}", zh="{title}：{rate}")
_HEADROOM = 0.5  # of the way from the lowest loss to where the curves begin, drawn above that


def build(
    curves: Sequence[RangeCurve],
    results: Sequence[RangeResult] = (),
    *,
    optimizers: Mapping[str, Text] | None = None,
    rates: tuple[float, float] | None = None,
    pick: bool = True,
) -> PlotSpec:
    """Describe range tests.

    Args:
        curves: The repeats of each optimizer and batch size, in the order they were run; the last may still grow.
        results: What came of those that have ended.
        optimizers: How they are called; by their own names when left out.
        rates: The least and the greatest rate planned, for an axis that stands still; None: as far as the curves go.
        pick: Whether a rate can be picked on the chart.
    """
    names = titles(curves, optimizers)
    done = {(result.optimizer, result.batch_size): result for result in results}
    groups = {key: list(group) for key, group in groupby(curves, key=_condition)}
    fronts = {key: _front(group, key in done) for key, group in groups.items()}
    top = _top([losses for _, losses in fronts.values()])
    series = [part for key, group in groups.items() for part in _repeats(key, group, names, key in done, top)]
    series += [_series(key, "front", "line", names, fronts[key], top) for key in groups]
    series += [_suggested(done[key], fronts[key], names, top) for key in done]
    return PlotSpec(
        name="range-test",
        title=NO_TEXT,
        x_title=title_of("learning_rate"),
        axes=[Axis("loss", _LOSS, loggable=True)],
        series=[part for part in series if len(part.x) or part.mark == "line"],
        annotations=[mark for result in results for mark in _marks(result, names)],
        spans=_spans(results, alone=len(names) == 1),
        x_log=True,
        x_range=rates,
        x_pick=_PICK if pick else None,
    )


def titles(curves: Sequence[RangeCurve], optimizers: Mapping[str, Text] | None = None) -> dict[Condition, Text]:
    """Return what tells each optimizer and batch size from the others of these curves, in the order of the curves."""
    keys = list(dict.fromkeys(_condition(curve) for curve in curves))
    several_optimizers, several_sizes = (len({key[part] for key in keys}) > 1 for part in (0, 1))
    named = {key[0]: (optimizers or {}).get(key[0]) or Text.same(key[0]) for key in keys}
    if several_optimizers and several_sizes:
        return {key: _BOTH.filled(optimizer=named[key[0]], size=key[1]) for key in keys}
    if several_sizes:
        return {key: _BATCH.filled(size=key[1]) for key in keys}
    return {key: named[key[0]] if several_optimizers else _ONE for key in keys}


def rate_text(rate: float) -> str:
    """Return a learning rate as one sets it: two significant digits."""
    return readable(float(f"{rate:.2g}"))


def _condition(curve: RangeCurve) -> Condition:
    return curve.optimizer, curve.batch_size


def _front(group: Sequence[RangeCurve], ended: bool) -> tuple[Numbers, Numbers]:
    """Return rates and losses of the line in front: the last repeat, in the end the mean as far as all of them go."""
    if not ended or len(group) == 1:
        return group[-1].rates, group[-1].smoothed
    shortest = min(group, key=lambda curve: curve.rates[-1] if len(curve.rates) else 0.0)
    return shortest.rates, np.mean([_at(shortest.rates, curve.rates, curve.smoothed) for curve in group], axis=0)


def _at(places: Numbers, rates: Numbers, losses: Numbers) -> Numbers:
    """Return the losses at other rates, on straight lines over the logarithm of the rate."""
    if not len(rates) or not len(places):
        return np.full(len(places), np.nan)
    return np.interp(np.log(places), np.log(rates), losses)


def _repeats(
    key: Condition, group: Sequence[RangeCurve], names: Mapping[Condition, Text], ended: bool, top: float
) -> list[Series]:
    """Return what is pale behind the line: the other repeats, and a single repeat's own losses if it is alone."""
    behind = group if ended and len(group) > 1 else group[:-1]
    pale = [
        _series(key, f"repeat-{place}", "faint", names, (curve.rates, curve.smoothed), top)
        for place, curve in enumerate(behind)
    ]
    if len(names) > 1 or (ended and len(group) > 1):
        return pale
    return [*pale, _series(key, f"losses-{len(group)}", "faint", names, (group[-1].rates, group[-1].losses), top)]


def _series(
    key: Condition,
    part: str,
    mark: Mark,
    names: Mapping[Condition, Text],
    numbers: tuple[Numbers, Numbers],
    top: float,
) -> Series:
    name, place = f"{key[0]}|{key[1]}|{part}", list(names).index(key)
    x, y = (np.asarray(values, dtype=np.float32) for values in (numbers[0], _below(numbers[1], top)))
    return Series(name, names[key], "loss", mark=mark, colour=place, x=x, y=y)


def _top(fronts: Sequence[Numbers]) -> float:
    """Return the highest loss drawn: the explosion at the end would press everything else flat.

    The way from where a curve begins (its greatest value before its lowest) down to its lowest, and half of that above.
    """
    tops = [_start(losses) + _HEADROOM * (_start(losses) - np.nanmin(losses)) for losses in fronts if _any(losses)]
    return float(max(tops, default=np.inf))


def _any(losses: Numbers) -> bool:
    return bool(np.isfinite(losses).any())


def _start(losses: Numbers) -> float:
    finite = losses[np.isfinite(losses)]
    return float(finite[: int(finite.argmin()) + 1].max())


def _below(losses: Numbers, top: float) -> NDArray[np.float64]:
    """Leave out what is above ``top``, but let the curve rise up to it."""
    losses = np.asarray(losses, dtype=np.float64)
    if not np.isfinite(top):
        return np.where(np.isfinite(losses), losses, np.nan)
    above = ~(losses <= top)
    leaves = above & ~np.concatenate([[True], above[:-1]]) if len(losses) else above
    return np.where(leaves & ~np.isnan(losses), top, np.where(above, np.nan, losses))


def _rates(result: RangeResult, names: Mapping[Condition, Text]) -> list[tuple[float, Text]]:
    """Return what to mark: every method's suggestion; of several optimizers or batch sizes, the one to take of each."""
    if len(names) > 1:
        return [] if result.rate is None else [(result.rate, names[result.optimizer, result.batch_size])]
    return [(found.rate, found.title) for found in result.suggestions if found.rate is not None]


def _suggested(
    result: RangeResult, front: tuple[Numbers, Numbers], names: Mapping[Condition, Text], top: float
) -> Series:
    """Return the suggestions as dots on the line."""
    rates = np.array(sorted(rate for rate, _ in _rates(result, names)), dtype=np.float64)
    key = (result.optimizer, result.batch_size)
    return _series(key, "suggested", "dots", names, (rates, _at(rates, *front)), top)


def _marks(result: RangeResult, names: Mapping[Condition, Text]) -> list[Annotation]:
    return [
        Annotation(rate, _MARK.filled(title=title, rate=rate_text(rate)), kind="suggestion")
        for rate, title in _rates(result, names)
    ]


def _spans(results: Sequence[RangeResult], *, alone: bool) -> list[Span]:
    """Highlight the range for schedules; several would only cover one another."""
    ranges = [result.schedule_range for result in results if result.schedule_range is not None]
    return [Span(low, high, "good") for low, high in ranges] if alone else []


PLOT = Plot(name="range-test", title=Text(en="Learning-rate range test", zh="学习率范围测试"), build=build)
