"""How much an optimizer's result depends on the learning rate: the metric against the rate, a line an optimizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..control import ControlSpec
from ..plot import PALETTE_SIZE, Axis, Plot, PlotSpec, Series
from ..race import RaceRow
from ..text import NO_TEXT, Text
from ..value_text import setting_title, setting_value
from ._rate_pane import RATE
from ._words import is_share, value_title


def build(
    rows: Sequence[RaceRow],
    *,
    controls: Mapping[str, ControlSpec] | None = None,
    colours: Mapping[str, int] | None = None,
) -> PlotSpec:
    """Describe the best value of each run of a race against its rate.

    Args:
        rows: The table of a race, at least one row; a run that diverged leaves a gap.
        controls: What can be set, by name, for how optimizers are called; our own words when left out.
        colours: Place of each optimizer in the palette, by its value; that in the table when left out.
    """
    metric = rows[0].metric
    places = {row.optimizer: place % PALETTE_SIZE for place, row in enumerate(rows)} | dict(colours or {})
    return PlotSpec(
        name="rate-sensitivity",
        title=NO_TEXT,
        x_title=setting_title(RATE, controls),
        axes=[Axis(metric, value_title(metric), loggable=not is_share(metric))],
        series=[_curve(row, places[row.optimizer], controls) for row in rows],
        x_log=True,
    )


def _curve(row: RaceRow, colour: int, controls: Mapping[str, ControlSpec] | None) -> Series:
    with np.errstate(over="ignore"):
        x, y = np.array(row.sensitivity, dtype=np.float64).reshape(-1, 2).T.astype(np.float32)
    title = setting_value("optimizer", row.optimizer, controls)
    return Series(row.optimizer, title, row.metric, mark="points", colour=colour, x=x, y=y)


PLOT = Plot(
    name="rate-sensitivity", title=Text(en="Sensitivity to the learning rate", zh="对学习率的敏感度"), build=build
)
