"""KT406 split-differs.

What it sees: validation data that are not like training data: a class that one of them lacks, shares of classes that
    differ by more than chance, features that spread much farther, or a feature or target whose mean lies elsewhere.
Why it matters: validation then measures another task than the one trained for; a gap between the losses says nothing
    about overfitting.
When it is wrong: a split in time or by group differs on purpose, and then the difference is what is to be measured.
    So do classes made more common by copies in training: where a fifth of its rows repeat (our own margin), other
    shares of classes are a note.
Source: the chi-square test of two samples (Pearson 1900) and Welch's standard error; Cohen (1988) calls half a standard
    deviation a medium difference; Deepchecks looks for drift between training and test likewise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..data_profile import DataProfile, TargetProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..text import Text
from ._data import is_classified, only_target
from ._outcome import outcome

EXPECTED = 8.0  # rows, and more with many classes: none is there by chance once in e^8 = 3,000 splits
UNKNOWN_SHARE = 0.02  # of validation rows, of classes that training lacks
MUCH_UNKNOWN = 0.1
ERRORS = 4.5  # standard normal deviate of the chi-square test: once in 300,000 splits
DISTANCE = 0.1  # half the sum of differences of shares
SHIFT = 0.5  # standard deviations
FAR = 3.0
SHIFT_ERRORS = 6.0  # standard errors, the largest of up to thousands of features
STRETCH = 2.5  # of the spread of most features
MUCH_STRETCH = 5.0
FEWEST = 20  # rows in both sets
COPIES = 0.2  # of the training rows
ORDERED = 0.5  # order dependence of a series

_UNTRAINED = Text(
    en="{share:.0%} of the validation rows are of classes that training has no row of, such as class {label}: no model "
    "can get them right.",
    zh="{share:.0%} 的验证样本属于训练集中完全没有的类别（例如类别 {label}）：任何模型都不可能判对。",
)
_LACKING = Text(
    en="Validation has no row of class {label}, of which {share:.0%} of the training rows are: how well it is known "
    "stays unmeasured.",
    zh="验证集中没有类别 {label} 的样本，而训练样本中有 {share:.0%} 属于它：模型对它掌握得如何，无从得知。",
)
_SHARES = Text(
    en="Shares of classes differ between training and validation beyond chance, most for class {label}: {share:.0%} "
    "and {other:.0%}.",
    zh="训练集与验证集的类别占比差异超出偶然，类别 {label} 相差最大：{share:.0%} 与 {other:.0%}。",
)
_SHIFTED = Text(
    en="A feature's mean lies {deviations:.2g} standard deviations away in validation ({errors:.2g} standard errors).",
    zh="有一个特征的均值在验证集中偏离了 {deviations:.2g} 个标准差（{errors:.2g} 个标准误差）。",
)


_TARGETS_SHIFTED = Text(
    en="The targets' mean lies {deviations:.2g} standard deviations away in validation ({errors:.2g} standard errors).",
    zh="目标的均值在验证集中偏离了 {deviations:.2g} 个标准差（{errors:.2g} 个标准误差）。",
)
_STRETCHED = Text(
    en="Most features spread {stretch:.3g} times as far in validation as in training: the two seem to be scaled "
    "differently.",
    zh="多数特征在验证集中的标准差是训练集中的 {stretch:.3g} 倍：两个数据集的缩放方式看来不同。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of two sets that are not alike."""
    if history.data is None or not history.data.validation_rows:
        return None
    target = only_target(history)
    if target is not None and is_classified(history, target) and target.validation_counts:
        found = _differing_classes(target, copied=history.data.duplicates >= COPIES)
        if found is not None:
            return found
    return _stretched(history, history.data) or _shifted(history, history.data)


def _differing_classes(target: TargetProfile, *, copied: bool) -> Evidence | None:
    ours, theirs = np.asarray(target.counts, np.float64), np.asarray(target.validation_counts, np.float64)
    if len(ours) != len(theirs) or not ours.sum() or not theirs.sum():
        return None
    shares, others = ours / ours.sum(), theirs / theirs.sum()
    missed = (ours == 0) & (theirs >= _never_missed(ours, theirs))
    unknown = float(others[missed].sum())
    if unknown > UNKNOWN_SHARE:
        label = int(np.argmax(np.where(missed, theirs, -1)))
        severity: Severity = "problem" if unknown > MUCH_UNKNOWN else "warning"
        return _evidence(_UNTRAINED, severity, 0.95, label=label, share=unknown)
    expected = shares * theirs.sum()
    if (lacking := (theirs == 0) & (expected >= EXPECTED + np.log(len(ours)))).any():
        label = int(np.argmax(np.where(lacking, ours, -1)))
        return _evidence(_LACKING, "warning", 0.9, label=label, share=float(shares[label]))
    if _beyond_chance(ours, theirs) and 0.5 * float(np.abs(shares - others).sum()) > DISTANCE:
        label = int(np.argmax(np.abs(shares - others)))
        known = {"share": float(shares[label]), "other": float(others[label])}
        severity = "info" if copied else "warning"  # rare rows copied into training are there on purpose
        return _evidence(_SHARES, severity, 0.5 if copied else 0.8, label=label, **known)
    return None


def _never_missed(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Return of how many rows, all in validation by chance, a class is hardly ever: once in a thousand splits."""
    share = float(theirs.sum() / (ours.sum() + theirs.sum()))
    return float(np.log(0.001 / len(ours)) / np.log(share))


def _beyond_chance(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> bool:
    """Pearson's chi-square of two samples, as a standard normal deviate by Wilson and Hilferty (1931)."""
    table = np.stack((ours, theirs))
    table = table[:, table.sum(axis=0) > 0]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    free = table.shape[1] - 1
    if free < 1:
        return False
    ratio = float(((table - expected) ** 2 / expected).sum()) / free
    deviate = (ratio ** (1 / 3) - (1 - 2 / (9 * free))) / np.sqrt(2 / (9 * free))
    return bool(deviate > ERRORS)


def _stretched(history: History, data: DataProfile) -> Evidence | None:
    if data.stretch is None or min(data.rows, data.validation_rows or 0) < FEWEST:
        return None
    factor = max(data.stretch, 1.0 / data.stretch)
    if factor < STRETCH:
        return None
    severity: Severity = "problem" if factor >= MUCH_STRETCH else "warning"
    if _is_split_in_order(data):
        severity = _of_order(history)
    return _evidence(_STRETCHED, severity, 0.5 if severity == "info" else 0.9, stretch=data.stretch)


def _shifted(history: History, data: DataProfile) -> Evidence | None:
    """Targets first: they say more than the one feature among many that differs most."""
    for shift, message in ((data.target_shift, _TARGETS_SHIFTED), (data.shift, _SHIFTED)):
        if shift is not None and shift[0] > SHIFT and shift[1] > SHIFT_ERRORS:
            severity = _severity_of_shift(history, data, shift[0])
            sure = 0.8 if shift[0] > 1.0 and severity != "info" else 0.6
            return _evidence(message, severity, sure, deviations=shift[0], errors=shift[1])
    return None


def _severity_of_shift(history: History, data: DataProfile, deviations: float) -> Severity:
    if _is_split_in_order(data):
        return _of_order(history)
    return "problem" if deviations > FAR and outcome(history) in ("failed", "poor") else "warning"


def _is_split_in_order(data: DataProfile) -> bool:
    """Whether rows follow each other as in a series, so that a split in time is likely, and meant."""
    return (data.order_dependence or 0.0) > ORDERED


def _of_order(history: History) -> Severity:
    return "warning" if outcome(history) in ("failed", "poor") else "info"


def _evidence(message: Text, severity: Severity, confidence: float, **values: float) -> Evidence:
    known = {"label": -1, "share": 0.0, "other": 0.0, "deviations": 0.0, "stretch": 1.0, "errors": 0.0, **values}
    return Evidence(known, confidence=confidence, severity=severity, message=message)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT406 训练集与验证集不相似。

看到什么：验证数据与训练数据不相似：其中一个缺少某个类别，
    类别占比的差异超出偶然，多数特征的离散程度大不相同，或目标、某个特征的均值在别处。
为什么重要：这样的验证衡量的就不是训练的任务；两条损失曲线之间的差距也说明不了过拟合。
何时会错：按时间或按组划分时，差异是有意的，要衡量的正是它。
    在训练集中用复制来增加稀少的类别也是有意的：
    如果训练样本有五分之一重复（这是我们自己的界限），类别占比的差异只作提示。
来源：两个样本的卡方检验（Pearson 1900）和 Welch 的标准误差；
    Cohen（1988）把半个标准差称为中等差异；Deepchecks 也这样检查训练集与测试集之间的漂移。
""",
)

RULE = Rule(
    code="KT406",
    name="split-differs",
    title=Text(en="Training and validation data differ", zh="训练集与验证集不相似"),
    severity="warning",
    message=_SHARES,
    advice=Text(
        en="Shuffle before splitting and keep the shares of classes equal (stratify); prepare both sets in the same "
        "way, by the numbers of the training rows.",
        zh="先打乱再划分，并保持类别占比一致（分层抽样）；两个数据集要用训练样本的统计量做同样的预处理。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Join both sets, shuffle, split again and train again: if the gap between the losses closes, the split was "
        "it.",
        zh="把两个数据集合并、打乱、重新划分后再训练：如果两条损失之间的差距消失，原因就是划分。",
    ),
    rank=15,
    causes=(
        "data-problem",
        "metric-disagrees",
        "no-better-than-trivial",
        "oscillation",
        "overconfidence",
        "overfitting",
        "validation-better",
    ),
)
