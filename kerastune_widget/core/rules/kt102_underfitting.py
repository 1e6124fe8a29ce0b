"""KT102 underfitting.

What it sees: training loss has barely fallen in the whole run, and it is not on its way down.
Why it matters: a model that cannot fit even its training rows cannot be right about new ones.
When it is wrong: where a large data set is learnt within the first epoch, Keras's history starts with a model that is
    already trained (our own runs record steps and see the fall); pure noise has nothing to fit.
Source: the classroom table (a training loss that barely falls is underfitting). 10% of the start is TheDeepChecker's
    order of magnitude (5% per check) for a whole run; CS231n asks for a loss that falls from its chance level.
"""

from __future__ import annotations

import numpy as np

from ..curves import accuracy_at_end, ending, is_tiny, last_trend, read_curves, size
from ..diagnosis import Evidence, Fix, Rule
from ..history import History
from ..text import Text
from ._fixes import lower_dropout, number, scale_learning_rate

FEWEST = 5  # epochs
BARELY = 0.1  # of the loss at the start
GOOD_ACCURACY = 0.9  # nobody calls such a model underfitted, wherever it began
GAIN_OF_ACCURACY = 0.1  # so much gained is learning, even when the loss's first value hides it
LOW_RATE, HIGH_RATE = 1e-4, 0.1  # outside, the rate is the first suspect (Keras's defaults are 1e-3 and 1e-2)


def check(history: History) -> Evidence | None:
    """Return evidence of a training loss that stayed where it began."""
    curves = read_curves(history)
    if curves.count < _enough(history) or is_tiny(history, curves.train) or _accurate(history):
        return None
    last = ending(curves.train)
    fell = curves.start - last
    moving = last_trend(curves.train)
    if (
        fell > BARELY * size(curves.start, last)
        or moving.falls(0.03 * size(last), errors=4.0)
        or -fell > BARELY * size(last)
    ):
        return None
    values = {"first": curves.start, "last": last, "epochs": curves.count}
    return Evidence(values, None, ("loss",), _fix(history), 0.8)


def _enough(history: History) -> int:
    """A run that goes on gets a tenth of its way first: warm-up and flat starts are common."""
    going = history.status in ("running", "paused")
    return max(FEWEST, (history.planned_epochs or 0) // 10) if going else FEWEST


def _accurate(history: History) -> bool:
    accuracy = history.series("accuracy")
    last = accuracy_at_end(history)
    return bool(len(accuracy) and (last >= GOOD_ACCURACY or last - np.nanmin(accuracy) > GAIN_OF_ACCURACY))


def _fix(history: History) -> Fix | None:
    rate = number(history, "learning_rate")
    if rate is not None and rate > HIGH_RATE:
        return scale_learning_rate(history, 0.1)
    if lower_dropout(history):
        return lower_dropout(history)
    return scale_learning_rate(history, 10.0) if rate is not None and rate < LOW_RATE else None


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT102 欠拟合。

看到什么：整个运行中训练损失几乎没有下降，目前也没有下降的趋势。
为什么重要：连训练样本都拟合不了的模型，对新样本也不可能判断正确。
何时会错：数据集很大、第一轮之内就已学会时，
    Keras 的历史一开始就是训练好的模型（我们自己的运行会记录每一步，能看到这段下降）；
    纯噪声则没有任何可以拟合的规律。
来源：教学中常用的损失曲线对照表（训练损失几乎不降就是欠拟合）。
    以初始值的 10% 衡量整个运行，与 TheDeepChecker 的量级相同（它每次检查用 5%）；
    CS231n 要求损失从随机猜测的水平降下来。
""",
)

RULE = Rule(
    code="KT102",
    name="underfitting",
    title=Text(en="Underfitting", zh="欠拟合"),
    severity="warning",
    message=Text(
        en="In {epochs} epochs training loss barely fell: {first:.4g} at the start, {last:.4g} now.",
        zh="训练了 {epochs} 轮，训练损失几乎没有下降：开始时为 {first:.4g}，现在是 {last:.4g}。",
    ),
    advice=Text(
        en="Try another learning rate and less regularisation first, then a larger network; check that the model can "
        "fit 20 rows by heart, and that inputs are scaled and labels belong to them.",
        zh="先尝试别的学习率并减少正则化，再换用更大的网络；"
        "检查模型能否记住 20 个样本，输入是否已缩放，标签是否与输入对应。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    rank=30,
    hides=("healthy", "still-learning", "plateau", "no-clear-pattern"),
)
