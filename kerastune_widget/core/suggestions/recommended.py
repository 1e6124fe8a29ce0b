"""Our own method: half of the rate at which the mean loss has done nine tenths of its fall, far from the explosion.

What is particular to each batch is taken away and the repeats are averaged first, as one curve, so that the noise
shrinks before anything is read off it. Where the loss is least depends on single batches; where nine tenths of its fall
are done hardly does. Below that rate by a factor of two, and at most at a tenth of the rate at which the loss explodes,
what trained for a few steps keeps training for many. (The three numbers were chosen on data sets and models other than
those that ``benchmarks/range_test`` reports.)
"""

from __future__ import annotations

from collections.abc import Sequence

from ..range_test import RangeCurve, Suggestion
from ..range_valley import JointCurve, joint
from ..suggestion import SuggestionMethod
from ..text import Text

SHARE = 0.9
BELOW = 2.0
BELOW_EXPLOSION = 10.0

TITLE = Text(en="Recommended", zh="推荐")
WHY = Text(
    en="Averaged over {repeats} repeats, the loss has done nine tenths of its fall at {there}; {rate} is half of that, "
    "so that long training stays stable.",
    zh="对 {repeats} 次重复取平均后，损失在 {there} 处完成了全部下降的九成；{rate} 取其一半，使长时间训练保持稳定。",
)
WHY_EDGE = Text(
    en="Averaged over {repeats} repeats, the loss falls until it explodes at {there}; {rate} is a tenth of that, so "
    "that long training stays stable.",
    zh="对 {repeats} 次重复取平均后，损失一直下降，到 {there} 处爆炸；{rate} 取其十分之一，使长时间训练保持稳定。",
)
UNCLEAR = Text(
    en="No clear valley: the loss falls by no more than the batches scatter.",
    zh="没有明显的山谷：损失的下降没有超出批次之间的波动。",
)
STILL_FALLING = Text(
    en="No clear valley: the loss still falls at the greatest rate tried, {high}, so nothing tells where it would end.",
    zh="没有明显的山谷：到试过的最大学习率 {high} 处损失仍在下降，无从判断它会在哪里停止。",
)


def suggest(curves: Sequence[RangeCurve]) -> Suggestion:
    """Return the rate to take; without one when the curve does not tell."""
    curve = joint(curves)
    if not curve.is_clear:
        return Suggestion("recommended", TITLE, UNCLEAR)
    if curve.still_falling:
        return Suggestion("recommended", TITLE, STILL_FALLING.filled(high=_shown(curve.rates[-1])))
    rate = _rate(curve)
    alone = [_rate(one) for one in (joint([each]) for each in curves) if one.is_clear] or [rate]
    return Suggestion("recommended", TITLE, _why(curve, rate, len(curves)), rate, min(alone), max(alone))


def _rate(curve: JointCurve) -> float:
    return min(curve.falls_by(SHARE) / BELOW, curve.explosion / BELOW_EXPLOSION)


def _why(curve: JointCurve, rate: float, repeats: int) -> Text:
    at_edge = rate < curve.falls_by(SHARE) / BELOW
    there = curve.explosion if at_edge else curve.falls_by(SHARE)
    return (WHY_EDGE if at_edge else WHY).filled(repeats=repeats, there=_shown(there), rate=_shown(rate))


def _shown(rate: float) -> str:
    return f"{rate:.2g}"


METHOD = SuggestionMethod("recommended", TITLE, 0, suggest)
