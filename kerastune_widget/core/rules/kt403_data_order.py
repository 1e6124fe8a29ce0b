"""KT403 data-order.

What it sees: rows next to each other have the same class, or nearly the same target, far oftener than chance, while
    they are not shuffled, or while the last of them seem to be the validation data.
Why it matters: batches of a single class pull the weights to and fro, and each batch undoes the one before; a
    validation split takes the last rows as given, whose classes the training rows may lack.
When it is wrong: the rows of a time series are ordered for a reason, and a split in time is the right one for it.
Source: Google's course "Interpreting loss curves" names unshuffled data as a cause of jumping losses; cleanlab tests
    neighbouring rows for it; Keras takes validation_split from the end of the data before it shuffles.
"""

from __future__ import annotations

import numpy as np

from ..curves import ending, read_curves, size
from ..data_profile import TargetProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..text import Text
from ._data import gap_of_accuracy, is_classified, only_target, validates
from ._fixes import current, shuffle_rows
from ._outcome import outcome

STRONG = 0.5  # order dependence
SORTED = 0.9
FEWEST = 30  # rows
GAP = 0.2  # of accuracy
APART = 0.3  # of the classes' shares
WORSE = 3.0  # validation loss over training loss

_TAIL = Text(
    en="Rows come in order ({order:.0%} of the way from random to sorted), and validation is far behind training: if "
    "the split took the last rows, it tests on what training never saw.",
    zh="样本是有序的（从随机到完全排序，程度为 {order:.0%}），而验证远远落后于训练："
    "如果划分取的是最后的样本，验证的就是训练中从未出现过的内容。",
)
_TAIL_ADVICE = Text(
    en="Shuffle the rows once, inputs and targets alike, before fit; validation_split takes the last rows as given. "
    "Keep the order only for a time series.",
    zh="在 fit 之前把输入和目标一起打乱一次；validation_split 取的是原有顺序中最后的样本。只有时间序列才应保持顺序。",
)
_CUT = Text(
    en="Rows come in order ({order:.0%} of the way from random to sorted), and validation holds other classes than "
    "training: the split seems to have cut the sorted rows.",
    zh="样本是有序的（从随机到完全排序，程度为 {order:.0%}），而验证集与训练集的类别不同："
    "划分看来是直接切开了排好序的样本。",
)
_NOTE = Text(
    en="Rows come in order ({order:.0%} of the way from random to sorted). That does no harm as long as fit shuffles "
    "and validation rows are drawn at random.",
    zh="样本是有序的（从随机到完全排序，程度为 {order:.0%}）。只要 fit 会打乱样本，"
    "验证样本又是随机抽取的，就没有害处。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of rows in an order that harms."""
    target, data = only_target(history), history.data
    if target is None or data is None or data.rows < FEWEST or data.order_dependence is None:
        return None
    if data.order_dependence < STRONG:
        return None
    values = {"order": min(data.order_dependence, 1.0)}
    classified = is_classified(history, target)
    if current(history, "shuffle") is False:
        by_target = classified or data.sorted_by_target
        severity = _unshuffled(history, by_target, data.order_dependence)
        return Evidence(values, None, (), shuffle_rows(history), 0.9 if by_target else 0.6, severity)
    if data.validation_rows is None and validates(history) and _validation_fails(history):
        severity = "warning" if classified or data.order_dependence >= SORTED else "info"
        names = ("val_loss", "loss") if "loss" in history.epochs else ("val_loss",)
        confidence = 0.8 if classified else 0.5
        return Evidence(values, None, names, None, confidence, severity, message=_TAIL, advice=_TAIL_ADVICE)
    if not classified:
        return None
    if _shares_differ(target) > APART:
        return Evidence(values, confidence=0.9, severity="warning", message=_CUT, advice=_TAIL_ADVICE)
    return Evidence(values, confidence=0.6, severity="info", message=_NOTE, advice=_TAIL_ADVICE)


def _unshuffled(history: History, by_target: bool, order: float) -> Severity:
    if not by_target:
        return "info" if outcome(history) in ("unknown", "learnt") else "warning"
    harmed = outcome(history) == "failed" or (outcome(history) == "poor" and order >= SORTED)
    return "problem" if harmed else "warning"


def _shares_differ(target: TargetProfile) -> float:
    """Return half the sum of differences between the classes' shares in training and validation, 0 to 1."""
    ours, theirs = np.asarray(target.counts, np.float64), np.asarray(target.validation_counts, np.float64)
    if len(ours) != len(theirs) or not ours.sum() or not theirs.sum():
        return 0.0
    return 0.5 * float(np.abs(ours / ours.sum() - theirs / theirs.sum()).sum())


def _validation_fails(history: History) -> bool:
    """Whether validation is so far behind training that overfitting alone would be a feat."""
    if gap_of_accuracy(history) > GAP:
        return True
    curves = read_curves(history)
    if not curves.count or not curves.validated or np.isfinite(gap_of_accuracy(history)):
        return False
    return ending(curves.valid) - ending(curves.train) > (WORSE - 1.0) * size(ending(curves.train))


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT403 数据有序。

看到什么：相邻样本的类别相同、目标相近的程度远远超出偶然，而样本没有被打乱，
    或者其中最后的部分看来被用作了验证数据。
为什么重要：只含一个类别的批次会把权重来回拉扯，后一批抵消前一批；
    验证划分按原有顺序取最后的样本，其中的类别可能在训练样本中根本没有。
何时会错：时间序列的样本本来就应有序，按时间划分对它才是正确的。
来源：Google 的课程 Interpreting loss curves 指出未打乱的数据会使损失跳动；
    cleanlab 会检验相邻样本是否相关；Keras 的 validation_split 在打乱之前从末尾取样本。
""",
)

RULE = Rule(
    code="KT403",
    name="data-order",
    title=Text(en="Rows are in order", zh="数据有序"),
    severity="warning",
    message=Text(
        en="Rows are not shuffled and come in order ({order:.0%} of the way from random to sorted), so that batches "
        "hold rows of one kind.",
        zh="样本没有打乱，而且是有序的（从随机到完全排序，程度为 {order:.0%}），因此每个批次里都是同一类样本。",
    ),
    advice=Text(
        en="Shuffle the rows in each epoch; keep their order only for a time series whose state is carried from batch "
        "to batch.",
        zh="每轮都打乱样本；只有在批次之间传递状态的时间序列才应保持顺序。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Shuffle inputs and targets together once and train again: if the loss comes down more steadily or "
        "validation follows training, the order was it.",
        zh="把输入和目标一起打乱一次再训练：如果损失下降得更平稳，或验证跟上了训练，原因就是顺序。",
    ),
    rank=13,
    causes=(
        "data-problem",
        "no-better-than-trivial",
        "oscillation",
        "overfitting",
        "overconfidence",
        "plateau",
        "rising-together",
        "split-differs",
        "underfitting",
        "validation-better",
    ),
)
