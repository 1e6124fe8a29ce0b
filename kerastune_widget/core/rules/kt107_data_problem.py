"""KT107 data-problem.

What it sees: validation loss falls clearly while training loss stays where it was.
Why it matters: a model can only get better on new rows by learning from its own; when the numbers say otherwise, the
    two sets are not alike, labels are wrong, or the training rows are made too hard.
When it is wrong: heavy dropout or augmentation weighs on the training loss only; batch normalisation needs some
    epochs before its validation loss can be trusted.
Source: the classroom table (training flat, validation falls: the data set has a problem). 5% of the level is flat as
    in TheDeepChecker; 15% is three times that.
"""

from __future__ import annotations

from ..curves import Curves, ending, is_tiny, read_curves, size, trend
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._fixes import lower_dropout

FEWEST = 5  # epochs
FLAT = 0.05  # of the level
FALLS = 0.15  # of the level


def check(history: History) -> Evidence | None:
    """Return evidence of a validation loss that falls alone."""
    curves = read_curves(history)
    if curves.count < FEWEST or not curves.validated or is_tiny(history, curves.train):
        return None
    if not _flat(curves) or not trend(curves.valid).falls(FALLS * size(curves.valid[0]), errors=4.0):
        return None
    values = {
        "train_first": curves.start,
        "train": ending(curves.train),
        "valid_first": float(curves.valid[0]),
        "valid": ending(curves.valid),
    }
    return Evidence(values, None, ("val_loss", "loss"), lower_dropout(history), 0.6)


def _flat(curves: Curves) -> bool:
    level = FLAT * size(curves.start)
    return abs(trend(curves.train).change) < level and curves.start - ending(curves.train) < 2 * level


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT107 数据集有问题。

看到什么：验证损失明显下降，而训练损失停在原处。
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
    rank=10,
    hides=("underfitting", "healthy", "still-learning", "plateau", "no-clear-pattern"),
)
