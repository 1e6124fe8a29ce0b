"""KT107 data-problem.

What it sees: validation loss falls clearly while training loss stays where it was, over the whole run or over the
    later half of it.
Why it matters: a model can only get better on new rows by learning from its own; when the numbers say otherwise, the
    two sets are not alike, labels are wrong, or the training rows are made too hard.
When it is wrong: heavy dropout or augmentation weighs on the training loss only; batch normalisation needs some
    epochs before its validation loss can be trusted.
Source: the classroom table (training flat, validation falls: the data set has a problem). 5% of the level is flat as
    in TheDeepChecker; 15% is three times that.
"""

from __future__ import annotations

import numpy as np

from ..curves import Curves, ending, is_tiny, read_curves, size, trend
from ..diagnosis import Evidence, Rule
from ..history import History
from ..rates import cycles
from ..text import Text
from ._fixes import current, lower_dropout

FEWEST = 5  # epochs
FLAT = 0.05  # of the level
FALLS = 0.15  # of the level
FEWEST_AT_END = 8  # epochs of the later half
NEAR_ZERO = 0.05  # of the start
HEAVY_DROPOUT = 0.5


def check(history: History) -> Evidence | None:
    """Return evidence of a validation loss that falls alone."""
    curves = read_curves(history)
    if curves.count < FEWEST or not curves.validated or is_tiny(history, curves.train):
        return None
    if _flat(curves) and trend(curves.valid).falls(FALLS * size(curves.valid[0]), errors=4.0):
        return _evidence(history, curves, 0, curves.start)
    since = curves.count // 2
    if _falls_alone_since(curves, since) and not cycles(history):
        return _evidence(history, curves, since, float(curves.train[since]))
    return None


def _flat(curves: Curves) -> bool:
    level = FLAT * size(curves.start)
    return abs(trend(curves.train).change) < level and curves.start - ending(curves.train) < 2 * level


def _falls_alone_since(curves: Curves, since: int) -> bool:
    """The later half by itself; a training loss near zero stays there, and its validation loss may come after."""
    train, valid = curves.train[since:], curves.valid[since:]
    if len(train) < FEWEST_AT_END or ending(train) < NEAR_ZERO * curves.start:
        return False
    level = FLAT * size(ending(train))
    still = abs(trend(train).change) < level and float(np.median(train[:3])) - ending(train) < level
    return still and trend(valid).falls(FALLS * size(float(np.median(valid[:3]))), errors=4.0)


def _evidence(history: History, curves: Curves, since: int, train: float) -> Evidence:
    values = {
        "train_first": train,
        "train": ending(curves.train),
        "valid_first": float(curves.valid[since]),
        "valid": ending(curves.valid),
    }
    fix, rates = lower_dropout(history), current(history, "dropout")
    heavy = max(rates.values(), default=0) if isinstance(rates, dict) else rates
    expected = bool(heavy and heavy >= HEAVY_DROPOUT)  # such a training loss is mostly the dropout's
    span = curves.span(since) if since else None
    return Evidence(
        values, span, ("val_loss", "loss"), fix, 0.4 if expected else 0.6, "info" if expected else "warning"
    )


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT107 数据集有问题。

看到什么：在整个运行或其后半程中，验证损失明显下降，而训练损失停在原处。
为什么重要：模型只能通过学习训练样本来改善对新样本的判断；
    如果数字显示并非如此，就说明两个数据集不相似，或标签有误，或训练样本被弄得太难。
何时会错：强烈的 dropout 或数据增强只会抬高训练损失；批归一化需要几轮之后，验证损失才可信。
来源：教学中常用的损失曲线对照表（训练走平而验证下降：数据集有问题）。
    变化小于当前水平的 5% 算走平，与 TheDeepChecker 相同；15% 是它的三倍。
""",
)

RULE = Rule(
    code="KT107",
    name="data-problem",
    title=Text(en="Something is off with the data", zh="数据集有问题"),
    severity="warning",
    message=Text(
        en="Validation loss fell from {valid_first:.4g} to {valid:.4g} while training loss stayed "
        "({train_first:.4g} to {train:.4g}).",
        zh="验证损失从 {valid_first:.4g} 降到 {valid:.4g}，训练损失却几乎不变（从 {train_first:.4g} 到 {train:.4g}）。",
    ),
    advice=Text(
        en="Check how training and validation rows were split, whether rows are in both, and whether the labels are "
        "right; then try less dropout or augmentation.",
        zh="检查训练集和验证集是如何划分的，是否有样本同时出现在两者中，标签是否正确；再尝试减少 dropout 或数据增强。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Swap some training and validation rows at random, or evaluate the training rows without dropout: if "
        "the two losses then agree, the split or the dropout was the reason.",
        zh="随机交换一些训练样本和验证样本，或在关闭 dropout 时评估训练样本：如果两条损失因此一致，"
        "原因就是划分或 dropout。",
    ),
    rank=62,
    hides=("underfitting", "healthy", "still-learning", "plateau", "no-clear-pattern"),
    causes=("validation-better",),
)
