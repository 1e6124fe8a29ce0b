"""KT410 constant-features.

What it sees: features of the inputs that have the same value in every row.
Why it matters: they tell nothing and cost weights; if nearly all are constant, the inputs were probably spoilt on their
    way to the model.
When it is wrong: the edges of pictures are often empty, and columns of a rare category may be empty in a sample.
Source: Deepchecks and TensorFlow Data Validation report features with a single value.
"""

from __future__ import annotations

from ..data_profile import InputProfile
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._data import input_words

NEARLY_ALL = 0.9
SOME = 0.1
FEWEST = 2  # rows

_NEARLY_ALL = Text(
    en="{constant} of the {features} features of {where} have the same value in every row: there is hardly anything to "
    "learn from.",
    zh="{where}的 {features} 个特征中，有 {constant} 个在所有样本中取值相同：几乎没有可以学习的内容。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of features that never vary."""
    if history.data is None or history.data.rows < FEWEST:
        return None
    worst = max(history.data.inputs, key=_share, default=None)
    if worst is None or _share(worst) < SOME:
        return None
    nearly_all = _share(worst) >= NEARLY_ALL
    return Evidence(
        {"constant": worst.constant_features, "features": worst.features, "where": input_words(worst)},
        confidence=0.9 if nearly_all else 0.5,
        severity="warning" if nearly_all else "info",
        message=_NEARLY_ALL if nearly_all else None,
    )


def _share(entry: InputProfile) -> float:
    return entry.constant_features / max(entry.features, 1)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT410 特征恒定不变。

看到什么：输入中有些特征在所有样本里取值相同。
为什么重要：它们不含任何信息，却要占用权重；如果几乎全部特征都不变，输入很可能在送入模型之前就被弄坏了。
何时会错：图片的边缘常常是空的，稀有类别的列在抽样中也可能为空。
来源：Deepchecks 和 TensorFlow Data Validation 都会报告只有一个取值的特征。
""",
)

RULE = Rule(
    code="KT410",
    name="constant-features",
    title=Text(en="Features that never vary", zh="特征恒定不变"),
    severity="info",
    message=Text(
        en="{constant} of the {features} features of {where} have the same value in every row.",
        zh="{where}的 {features} 个特征中，有 {constant} 个在所有样本中取值相同。",
    ),
    advice=Text(
        en="Check how they were read and prepared; leave out those that are constant for good.",
        zh="检查它们的读取和预处理过程；确实恒定的特征可以去掉。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Leave these features out and train again: if nothing changes, they were of no use.",
        zh="去掉这些特征再训练：如果结果不变，它们就没有用处。",
    ),
    rank=19,
    causes=("no-better-than-trivial", "underfitting"),
)
