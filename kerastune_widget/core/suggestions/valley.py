"""Valley: a point on the longest stretch over which the loss falls.

Source: fastai 2, ``fastai.callback.schedule.valley``, after ESRI: the longest run of ever smaller losses, others
between them allowed; from its start (the place that it would begin at were none left out between), a third and half a
third further on.
"""

from __future__ import annotations

from bisect import bisect_left

from ..range_smoothing import Numbers
from ..suggestion import SuggestionMethod
from ..text import Text
from ._recorded import from_each

TITLE = Text(en="Valley", zh="山谷")
WHY = Text(
    en="{rate} lies halfway down the longest stretch over which the averaged loss falls.",
    zh="{rate} 位于平均损失最长的一段下坡的中间。",
)


def valley(rates: Numbers, losses: Numbers) -> float | None:
    """Return the rate halfway down the longest valley; None when the loss never falls."""
    lengths: list[int] = []  # of the longest fall that ends at each step
    ends: list[float] = []  # of the falls of each length so far, the highest last loss, with its sign changed
    for loss in losses.tolist():
        place = bisect_left(ends, -loss)
        ends[place : place + 1] = [-loss]
        lengths.append(place + 1)
    longest = max(lengths)
    if longest == 1:
        return None
    third = longest / 3
    start = lengths.index(longest) - longest
    return float(rates[start + int(third) + int(third / 2)])


METHOD = SuggestionMethod("valley", TITLE, 20, from_each("valley", TITLE, WHY, valley))
