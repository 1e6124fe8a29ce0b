"""The learning rate over a run that is yet to come, and below it the momentum where a schedule moves that, too.

Step ``i``, counted from 0, is drawn at ``i + 1``, as in the plot of a run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..control import readable
from ..plot import Axis, Plot, PlotSpec, Series
from ..schedule import PlannedRates
from ..text import NO_TEXT, Text
from ._rate_pane import RATE
from ._thinned import kept_places
from ._words import title_of

MOMENTUM = "momentum"
"""``id`` of the second pane, and of the curve in it."""

_MOST_EPOCHS = 1000  # beyond, positions count steps alone
_STAYS = Text(
    en="The learning rate stays at {rate} over all {epochs} epochs.", zh="学习率在全部 {epochs} 轮中保持 {rate}。"
)
_MOVES = Text(
    en="The learning rate begins at {first}, is highest in epoch {peak} ({highest}) and ends at {last} after {epochs} "
    "epochs.",
    zh="学习率从 {first} 开始，第 {peak} 轮达到最高（{highest}），{epochs} 轮后为 {last}。",
)
_FALLS = Text(
    en="The learning rate falls from {first} to {last} over {epochs} epochs.",
    zh="学习率在 {epochs} 轮中从 {first} 降到 {last}。",
)
_MAY_CHANGE = Text(
    en="{sentence} It may be lowered or handed over on the way, depending on how the run goes.",
    zh="{sentence}训练途中还可能视情况降低学习率或更换优化器。",
)


def build(planned: PlannedRates) -> PlotSpec:
    """Describe what a run with these rates would do.

    Args:
        planned: The rates, one a step, and the momentum where it moves.
    """
    curves = [_curve(RATE, planned.rates)]
    if planned.momentum is not None:
        curves.append(_curve(MOMENTUM, planned.momentum))
    steps, per_epoch = len(planned.rates), planned.steps_per_epoch
    ends = list(range(per_epoch, steps + 1, per_epoch))
    return PlotSpec(
        name="planned-rates",
        title=NO_TEXT,
        x_title=Text(en="Step", zh="步数"),
        axes=[Axis(curve.id, curve.title, loggable=curve.id == RATE) for curve in curves],
        series=curves,
        epoch_ends=ends if len(ends) <= _MOST_EPOCHS else (),
        x_range=(0.0, float(max(steps, 1))),
    )


def in_words(planned: PlannedRates) -> Text:
    """Return the same in a sentence: where the rate begins, where it is highest, where it ends."""
    rates = planned.rates
    epochs = len(rates) / planned.steps_per_epoch
    numbers = {"first": _rounded(rates[0]), "last": _rounded(rates[-1]), "highest": _rounded(rates.max())}
    words = {**numbers, "rate": numbers["first"], "epochs": _rounded(epochs)}
    if rates.min() == rates.max():
        sentence = _STAYS.filled(**words)
    elif (np.diff(rates) <= 0).all():
        sentence = _FALLS.filled(**words)
    else:
        sentence = _MOVES.filled(peak=int(rates.argmax()) // planned.steps_per_epoch + 1, **words)
    return _MAY_CHANGE.filled(sentence=sentence) if planned.may_change else sentence


def _curve(name: str, values: NDArray[np.float64]) -> Series:
    kept = kept_places(values)
    x, y = (kept + 1).astype(np.float32), values[kept].astype(np.float32)
    return Series(name, title_of(name), name, role="rate", x=x, y=y)


def _rounded(value: float) -> str:
    return readable(float(f"{value:.3g}"))


PLOT = Plot(name="planned-rates", title=Text(en="Planned learning rate", zh="计划的学习率"), build=build)
