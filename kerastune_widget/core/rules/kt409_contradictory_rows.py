"""KT409 contradictory-rows.

What it sees: rows with exactly the same inputs and different classes.
Why it matters: no model can be right about both; they set a ceiling to accuracy, and learning them by heart is not
    possible either.
When it is wrong: where few discrete features describe a row, or tokens do (whole numbers for an embedding), and most
    rows repeat, such pairs are natural, and the right answer is a probability; then only the ceiling is worth knowing:
    a note.
Source: Northcutt, Jiang and Chuang (2021), "Confident learning", on label errors; TheDeepChecker looks for conflicting
    labels before training.
"""

from __future__ import annotations

import numpy as np

from ..data_profile import DataProfile
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._data import is_classified, only_target

SOME = 0.01  # of the rows
MANY = 0.05
FEWEST = 4  # rows
FEW_FEATURES = 4
MOSTLY = 0.5  # of the rows
OF_DUPLICATES = 0.2  # of the rows that repeat: below, repeated rows mostly agree


def check(history: History) -> Evidence | None:
    """Return evidence of equal rows with different classes."""
    data, target = history.data, only_target(history)
    if data is None or target is None or not is_classified(history, target):
        return None
    share = data.contradictions
    if share < SOME or share * data.sampled < FEWEST:
        return None
    strong = share >= MANY and share >= OF_DUPLICATES * data.duplicates and not _repeat_by_nature(history, data)
    values = {"share": share, "duplicates": data.duplicates, "rows": data.sampled}
    return Evidence(values, confidence=0.9 if strong else 0.5, severity="warning" if strong else "info")


def _repeat_by_nature(history: History, data: DataProfile) -> bool:
    """Whether rows are tokens, or so few features, that most are like another one."""
    kinds = [layer.kind for layer in history.model.layers] if history.model is not None else []
    tokens = bool(data.inputs) and all(entry.whole_numbers for entry in data.inputs) and "Embedding" in kinds
    if tokens and data.duplicates > MOSTLY:
        return True
    width = sum(int(np.prod(entry.shape, dtype=np.int64)) for entry in data.inputs)
    return 0 < width <= FEW_FEATURES and data.duplicates > MOSTLY


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT409 样本相互矛盾。

看到什么：输入完全相同而类别不同的样本。
为什么重要：没有模型能同时判对两者；它们给准确率设定了上限，连死记硬背也做不到。
何时会错：如果只用几个离散特征或词元（送入嵌入层的整数）描述样本，而且多数样本重复，
    这样的样本是自然的，正确的答案是一个概率；这时只需知道这个上限，只作提示。
来源：Northcutt、Jiang 与 Chuang（2021）的 Confident learning 讨论了标签错误；
    TheDeepChecker 在训练之前检查互相冲突的标签。
""",
)

RULE = Rule(
    code="KT409",
    name="contradictory-rows",
    title=Text(en="Equal rows, different labels", zh="样本相互矛盾"),
    severity="warning",
    message=Text(
        en="{share:.1%} of the {rows} rows looked at have the same inputs as a row of another class.",
        zh="在检查的 {rows} 个样本中，有 {share:.1%} 与另一个类别的样本输入完全相同。",
    ),
    advice=Text(
        en="Look at some of these rows: correct wrong labels, and add the feature that would tell the others apart; if "
        "neither is possible, judge by the loss rather than by accuracy.",
        zh="查看其中一些样本：改正错误的标签，并加入能区分其余样本的特征；如果都做不到，就用损失而不是准确率来评判。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Drop these rows and train again: if training accuracy now comes near 1, they were the ceiling.",
        zh="去掉这些样本再训练：如果训练准确率接近 1，它们就是上限的原因。",
    ),
    rank=17,
    causes=("label-noise", "overconfidence", "overfitting", "plateau", "underfitting"),
)
