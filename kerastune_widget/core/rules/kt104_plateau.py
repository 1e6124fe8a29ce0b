"""KT104 plateau.

What it sees: after a first improvement all losses have stood still for the second half of the run, well short of a
    good fit.
Why it matters: more of the same epochs will bring nothing; something has to change.
When it is wrong: noisy targets have a floor that no setting can get below; then this is as good as it gets.
Source: the classroom table (both flat: a bottleneck, lower the rate or the batch). Flat is less than 2% of the level,
    inside the 5% per check of TheDeepChecker; "well short" is half of the loss at the start, or a training accuracy
    below 0.9. Ten times lower is the factor of Keras's ReduceLROnPlateau.
"""

from __future__ import annotations

import numpy as np

from ..curves import Curves, Numbers, accuracy_at_end, ending, is_tiny, read_curves, size, trend
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._fixes import scale_learning_rate

FEWEST = 10  # epochs, so that five of them stand still
FLAT = 0.02  # of the level
FELL = 0.1  # of the start: less is underfitting
SHORT_OF_START = 0.5
GOOD_ACCURACY = 0.9


def check(history: History) -> Evidence | None:
    """Return evidence of a second half without progress."""
    curves = read_curves(history)
    if curves.count < FEWEST or is_tiny(history, curves.train):
        return None
    fell = curves.start - ending(curves.train)
    halves = [part[-(curves.count // 2) :] for part in (curves.train, curves.valid) if len(part)]
    if fell < FELL * size(curves.start) or not _unfinished(history, curves) or not all(map(_stands, halves)):
        return None
    span = curves.span(-(curves.count // 2))
    half = curves.judged[-(curves.count // 2) :]
    before = float(np.median(half[:3]))
    gained = max((before - ending(half)) / (size(before) or 1.0), 0.0)
    values = {"epochs": span[1] - span[0] + 1, "last": float(curves.judged[-1]), "gained": gained}
    return Evidence(values, span, curves.names, scale_learning_rate(history, 0.1), 0.6)


def _stands(part: Numbers) -> bool:
    """No progress is enough: a curve that climbs back is no better than one that is flat."""
    return -trend(part).change < FLAT * size(ending(part))


def _unfinished(history: History, curves: Curves) -> bool:
    accuracy = accuracy_at_end(history)
    return curves.start > 0 and (
        ending(curves.train) > SHORT_OF_START * curves.start if np.isnan(accuracy) else accuracy < GOOD_ACCURACY
    )


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT104 平台期。

看到什么：起初有所改善之后，两条损失在后半程一直停滞不前，离良好的拟合还差得远。
为什么重要：照原样再训练多少轮都不会有收获，必须有所改变。
何时会错：含噪声的目标有一个任何设置都无法突破的下限；这时它已经是能达到的最好结果。
来源：教学中常用的损失曲线对照表（两条都走平：遇到瓶颈，降低学习率或减小批量）。
    变化小于当前水平的 2% 算走平，在 TheDeepChecker 每次检查的 5% 之内；
    “差得远”指损失仍高于初始值的一半，或训练准确率低于 0.9。
    降到十分之一是 Keras 的 ReduceLROnPlateau 所用的倍数。
""",
)

RULE = Rule(
    code="KT104",
    name="plateau",
    title=Text(en="Plateau", zh="平台期"),
    severity="info",
    message=Text(
        en="The last {epochs} epochs brought next to nothing ({gained:.1%}): the loss stands at {last:.4g}.",
        zh="最近 {epochs} 轮几乎没有进展（只下降 {gained:.1%}），损失停在 {last:.4g}。",
    ),
    advice=Text(
        en="Learning has met a bottleneck: lower the learning rate or the batch size, then try a larger model or "
        "better inputs. If the targets are noisy, this may be the floor.",
        zh="学习遇到瓶颈：降低学习率或减小批量，再尝试更大的模型或更好的输入。如果目标本身含噪声，这可能就是下限。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Go on for a few epochs at a tenth of the learning rate: a loss that drops at once was held up by "
        "the rate, one that stays has met its floor.",
        zh="用十分之一的学习率再训练几轮：损失若立刻下降，就是被学习率卡住；若停在原处，就是到了下限。",
    ),
    rank=80,
    hides=("healthy", "no-clear-pattern"),
)
