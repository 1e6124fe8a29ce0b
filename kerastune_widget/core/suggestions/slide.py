"""Slide: from the end of the curve, slide an interval leftwards until the slopes at its two ends agree.

Source: fastai 2, ``fastai.callback.schedule.slide``, after Andrew Chang: an interval of 15 steps and a difference of
the slopes (of the averaged loss, a step) of at most 0.005.
"""

from __future__ import annotations

import numpy as np

from ..range_smoothing import Numbers
from ..suggestion import SuggestionMethod
from ..text import Text
from ._recorded import from_each

WIDTH = 15
AGREEING = 0.005

TITLE = Text(en="Slide", zh="滑动区间")
WHY = Text(
    en="Coming from the right, where the loss explodes, {rate} is where its slope first stays the same over 15 steps.",
    zh="从损失爆炸的右端向左滑动，到 {rate} 处，损失的斜率才在 15 步之内保持不变。",
)


def slide(rates: Numbers, losses: Numbers) -> float | None:
    """Return the rate at the left end of the last interval whose slopes still differ; None for a short curve."""
    left, right = len(losses) - 1 - WIDTH, len(losses) - 1
    if left < 0:
        return None
    slopes, found = np.gradient(losses), float(rates[left])
    while left >= 0 and abs(slopes[right] - slopes[left]) > AGREEING:
        found = float(rates[left])
        left, right = left - 1, right - 1
    return found


METHOD = SuggestionMethod("slide", TITLE, 40, from_each("slide", TITLE, WHY, slide))
