"""Steepest descent: where the loss falls fastest for the next factor of the rate.

Source: fastai 2, ``fastai.callback.schedule.steep``: the rate at which the difference of the averaged loss over the
difference of the rate's logarithm, from one step to the next, is least.
"""

from __future__ import annotations

import numpy as np

from ..range_smoothing import Numbers
from ..suggestion import SuggestionMethod
from ..text import Text
from ._recorded import from_each

TITLE = Text(en="Steepest descent", zh="最陡下降")
WHY = Text(
    en="At {rate} the averaged loss falls fastest along the logarithm of the rate: training makes most headway there.",
    zh="在 {rate} 处，平均损失沿学习率的对数下降最快：训练在那里进展最大。",
)


def steep(rates: Numbers, losses: Numbers) -> float | None:
    """Return the rate where the slope is least; None when the loss falls nowhere."""
    slopes = np.diff(losses) / np.diff(np.log(rates))
    least = int(slopes.argmin())
    return float(rates[least]) if slopes[least] < 0 else None


METHOD = SuggestionMethod("steep", TITLE, 10, from_each("steep", TITLE, WHY, steep))
