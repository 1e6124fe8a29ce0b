"""A tenth of the minimum: a safe distance below the rate at which the loss is least.

Source: fastai 2, ``fastai.callback.schedule.minimum``; the rule of thumb is that of its course.
"""

from __future__ import annotations

from ..range_smoothing import Numbers
from ..suggestion import SuggestionMethod
from ..text import Text
from ._recorded import from_each

TITLE = Text(en="Minimum / 10", zh="最低点的十分之一")
WHY = Text(
    en="The averaged loss is least just before it begins to rise; {rate} is a tenth of that rate, to be on the safe "
    "side.",
    zh="平均损失在开始上升之前最低；{rate} 是该处学习率的十分之一，以留出安全余量。",
)


def minimum(rates: Numbers, losses: Numbers) -> float | None:
    """Return a tenth of the rate at which the loss is least."""
    return float(rates[losses.argmin()]) / 10


METHOD = SuggestionMethod("minimum", TITLE, 30, from_each("minimum", TITLE, WHY, minimum))
