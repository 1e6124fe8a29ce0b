"""KT402 class-imbalance.

What it sees: the rarest class has less than a tenth of the rows of the commonest, or the classes' shares are as uneven
    as those of half as many classes would be. It is a problem where the model says the commonest class always: its
    accuracy equals that class's share among the rows that judge. All rows of one class are a problem too, for a loss
    of classes. More than 20 classes of which none has over a quarter of the rows are a note.
Why it matters: a model that always says the commonest class has a high accuracy and has learnt nothing; the loss hears
    the rare classes too seldom.
When it is wrong: where mistakes on rare classes matter as little as their shares say, nothing needs to be done; the
    loss and the ranking of rows may be fine at a threshold other than a half.
Source: Deepchecks (least over most below 0.1) and TheDeepChecker (perplexity of the labels below half the number of
    classes); Saito and Rehmsmeier (2015) on what accuracy hides. 20 classes and a quarter, and half a point of
    accuracy for equal, are our own margins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..curves import accuracy_at_end, ending, read_curves
from ..data_profile import TargetProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..signals import COMMONEST_PREDICTION
from ..task import read_task
from ..text import Text
from ._data import is_classified, only_loss, only_target
from ._fixes import balance_classes, current
from ._layers import lately, of_model

RARE = 0.1  # of the commonest class
MILD = 0.2
PERPLEXITY = 0.5  # of the number of classes
COMMON = 0.25  # of the rows: below, no class of many can be said always
MOST = 20  # classes
BY_CHANCE = 4.0  # standard deviations of a class's count
SAME = 0.005  # of accuracy: as good as the majority's share
NOTHING_LEARNT = 0.95  # of the trivial model's loss
ALWAYS = 0.99  # share of rows

FEWEST = 10  # rows
_OF_CLASSES = (
    *("binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy"),
    *("categorical_focal_crossentropy", "sparse_categorical_crossentropy"),
)

_ONE = Text(
    en="All {rows} training rows are of class {common}: there is nothing to tell apart.",
    zh="{rows} 个训练样本全部属于类别 {common}：没有什么可以区分。",
)
_ONE_ADVICE = Text(
    en="Look where the labels are made: a comparison or a replacement has overwritten the others.",
    zh="检查标签是怎样生成的：多半是某次比较或替换覆盖了其他标签。",
)
_TRAP = Text(
    en="{share:.0%} of the rows are of class {common}, and the accuracy of {accuracy:.1%} is what always saying so "
    "gets; class {rare} has {fewest} of {rows} rows.",
    zh="{share:.0%} 的样本属于类别 {common}，{accuracy:.1%} 的准确率正是一律判为该类的结果；"
    "类别 {rare} 在 {rows} 个样本中只有 {fewest} 个。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of classes that are far from equally common."""
    target = only_target(history)
    if target is None or not is_classified(history, target) or current(history, "class_weight") in ("own", "balanced"):
        return None
    counts = np.asarray(target.counts, dtype=np.float64)
    held = np.flatnonzero(counts)
    if len(held) == 1 and counts.sum() >= FEWEST and only_loss(history) in _OF_CLASSES:
        return _one_class(int(held[0]), int(counts.sum()))
    severity = _unevenness(counts[held])
    if severity is None:
        return None
    per_row = history.data is not None and counts.sum() == history.data.rows
    trapped = per_row and severity == "warning" and _is_trapped(history, target)
    rare, common = held[np.argmin(counts[held])], int(np.argmax(counts))
    values = {
        "rare": int(rare),
        "common": common,
        "fewest": int(counts[rare]),
        "rows": int(counts.sum()),
        "share": float(counts[common] / counts.sum()),
        "times": float(counts[common] / counts[rare]),
        "accuracy": _accuracy(history),
    }
    return Evidence(
        values,
        series=tuple(name for name in ("val_accuracy", "accuracy") if trapped and name in history.epochs),
        fix=balance_classes(history) if per_row else None,
        confidence=0.9 if severity == "warning" else 0.6,
        severity="problem" if trapped else severity if per_row else "info",
        message=_TRAP if trapped else None,
    )


def _one_class(label: int, rows: int) -> Evidence:
    values = {"rare": label, "common": label, "fewest": rows, "rows": rows, "share": 1.0, "times": 1.0, "accuracy": 1.0}
    return Evidence(values, confidence=0.95, severity="problem", message=_ONE, advice=_ONE_ADVICE)


def _unevenness(counts: NDArray[np.float64]) -> Severity | None:
    """Return how much it matters; small classes differ by chance alone."""
    if len(counts) < 2 or counts.max() - counts.min() < BY_CHANCE * np.sqrt(counts.max()):
        return None
    shares = counts / counts.sum()
    perplexity = float(np.exp(-(shares * np.log(shares)).sum()))
    ratio = float(counts.min() / counts.max())
    if ratio < RARE or perplexity < PERPLEXITY * len(counts):
        return "warning" if len(counts) <= MOST or shares.max() > COMMON else "info"  # words are uneven by nature
    return "info" if ratio < MILD else None


def _accuracy(history: History) -> float:
    judged = accuracy_at_end(history, "val_accuracy")
    return accuracy_at_end(history) if np.isnan(judged) else judged


def _majority(history: History, target: TargetProfile, trivial: float) -> float:
    """Return the share of training's commonest class among the rows that judge."""
    counts = target.validation_counts
    if not sum(counts) or np.isnan(accuracy_at_end(history, "val_accuracy")):
        return trivial
    return counts[int(np.argmax(target.counts))] / sum(counts)


def _is_trapped(history: History, target: TargetProfile) -> bool:
    """Whether the run says the commonest class for every row, as far as its numbers tell."""
    if lately(of_model(history, COMMONEST_PREDICTION)) >= ALWAYS:
        return True
    curves, trivial = read_curves(history), target.trivial.get("accuracy", np.nan)
    if not curves.count or not abs(_accuracy(history) - _majority(history, target, trivial)) <= SAME:
        return False
    if np.isnan(read_task(history).trivial_loss):
        return not ending(curves.judged) < NOTHING_LEARNT * float(curves.judged[0])
    return not ending(curves.judged) < NOTHING_LEARNT * read_task(history).trivial_loss


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT402 类别不平衡。

看到什么：最少的类别的样本数不到最多的类别的十分之一，
    或者各类别占比的不均匀程度相当于只有一半的类别。
    如果模型一律判为最常见的类别，准确率等于该类别在评判样本中的占比，就是问题；
    对于分类的损失，所有样本都属于同一类别也是问题。
    类别多于 20 个，而没有一个超过样本的四分之一时，只作提示。
为什么重要：一律判为最常见类别的模型准确率很高，却什么也没学到；稀少的类别对损失的影响太小。
何时会错：如果稀少类别上的错误确实像其占比那样无关紧要，就不必处理；
    换一个不是一半的判定阈值，损失和排序也许都没有问题。
来源：Deepchecks（最少与最多之比低于 0.1）和 TheDeepChecker（标签的困惑度低于类别数的一半）；
    Saito 与 Rehmsmeier（2015）说明了准确率会掩盖什么。
    20 个类别、四分之一，以及“等于”允许相差半个百分点，都是我们自己的界限。
""",
)

RULE = Rule(
    code="KT402",
    name="class-imbalance",
    title=Text(en="Classes are imbalanced", zh="类别不平衡"),
    severity="warning",
    message=Text(
        en="Class {common} has {times:.3g} times as many rows as class {rare} ({fewest} of {rows}); always saying "
        "{common} is right for {share:.0%} of them.",
        zh="类别 {common} 的样本数是类别 {rare}（{rows} 个中的 {fewest} 个）的 {times:.3g} 倍；"
        "一律判为 {common} 就能对 {share:.0%} 的样本。",
    ),
    advice=Text(
        en="Weight the classes by the inverse of their shares, judge by recall, F1 or the area under the "
        "precision-recall curve instead of accuracy, and keep the shares equal when splitting.",
        zh="按占比的倒数给类别加权，用召回率、F1 或精确率-召回率曲线下面积代替准确率来评判，"
        "划分数据时保持各类别的占比一致。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train again from the same start with balanced class weights and compare the recall of class {rare}.",
        zh="用平衡的类别权重从相同的起点再训练一次，比较类别 {rare} 的召回率。",
    ),
    rank=16,
    causes=("metric-disagrees", "no-better-than-trivial", "overconfidence", "plateau", "underfitting"),
)
