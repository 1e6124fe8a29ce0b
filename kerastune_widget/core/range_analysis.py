"""From the curves of a range test to its result: what each method suggests, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from .range_levels import beginning
from .range_test import RangeCurve, RangeResult, Suggestion
from .range_valley import JointCurve, joint
from .suggestion import all_methods
from .text import Text

_BEGINS = 0.1  # of its fall is what the loss has done where a schedule may begin
_DISAGREE = 10.0

TAKE = Text(
    en="Take about {rate}. The repeats agree within a factor of {factor}.",
    zh="建议取 {rate} 左右。各次重复之间相差不超过 {factor} 倍。",
)
TAKE_SURE = Text(en="Take about {rate}. The repeats agree.", zh="建议取 {rate} 左右。各次重复结果一致。")
TAKE_ONE = Text(
    en="Take about {rate}. Repeat the test to see how sure that is.",
    zh="建议取 {rate} 左右。重复测试可看出它有多可靠。",
)
TAKE_WITH_CARE = Text(
    en="Take about {rate}, with care: the repeats differ by a factor of {factor}. More steps or repeats would tell "
    "more.",
    zh="可以取 {rate} 左右，但要小心：各次重复相差达 {factor} 倍。增加步数或重复次数会更可靠。",
)
_UNCLEAR = Text(
    en="{why} Try more steps or a larger batch; or the model may not be able to learn from these data.",
    zh="{why}可以增加步数或增大批大小；也可能这个模型无法从这些数据中学到东西。",
)
_STILL_FALLING = Text(en="{why} Test again with a greater high.", zh="{why}请把 high 调大，再测一次。")
_EXPLODES = Text(
    en="No clear valley: the loss explodes before it has fallen. Test again with a smaller low, or scale the inputs.",
    zh="没有明显的山谷：损失在下降之前就已爆炸。请把 low 调小再测一次，或对输入做缩放。",
)


def judge(curves: Sequence[RangeCurve]) -> RangeResult:
    """Return what the repeats of one optimizer and batch size came to.

    Args:
        curves: The repeats, one or more, over the same rates.
    """
    suggestions = tuple(method.suggest(curves) for method in all_methods().values())
    curve, first = joint(curves), suggestions[0]
    return RangeResult(
        curves[0].optimizer,
        curves[0].batch_size,
        tuple(curves),
        suggestions,
        _verdict(first, curve, len(curves)),
        None if first.rate is None else (min(curve.falls_by(_BEGINS), first.rate / 3), first.rate),
    )


def _how_sure(factor: float) -> Text:
    if f"{factor:.2g}" == "1":
        return TAKE_SURE
    return TAKE if factor <= _DISAGREE else TAKE_WITH_CARE


def _verdict(first: Suggestion, curve: JointCurve, repeats: int) -> Text:
    if first.rate is not None and first.low is not None and first.high is not None:
        factor = first.high / first.low
        take = TAKE_ONE if repeats == 1 else _how_sure(factor)
        return take.filled(rate=f"{first.rate:.2g}", factor=f"{factor:.2g}")
    if curve.still_falling and curve.is_clear:
        return _STILL_FALLING.filled(why=first.why)
    return (_EXPLODES if curve.exploded and curve.lowest < beginning(len(curve.line)) else _UNCLEAR).filled(
        why=first.why
    )
