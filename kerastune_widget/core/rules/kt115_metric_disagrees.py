"""KT115 metric-disagrees.

What it sees: over the run the loss and a metric on the same rows move against each other, as if better by one were
    worse by the other; or the loss falls by half while accuracy stays at zero.
Why it matters: training improves what the loss measures; when the metric that is wanted goes the other way, the loss,
    the metric or the shape of the targets is not what was meant.
When it is wrong: a validation loss that rises while accuracy holds is overconfidence, and is named so; precision and
    recall trade against each other by nature and are left out.
Source: TheDeepChecker (2023) takes an absolute correlation below 0.5 as wrong. We ask for more: a rank correlation
    (Spearman 1904) of 0.6 in the wrong direction, and both curves moved beyond their noise.
"""

from __future__ import annotations

import numpy as np

from ..curves import (
    Curves,
    Numbers,
    accuracy,
    ending,
    fill_gaps,
    is_accuracy,
    is_tiny,
    read_curves,
    size,
    smooth,
    trend,
)
from ..diagnosis import Evidence, Rule
from ..history import History
from ..metric_direction import direction, metric_order
from ..task import judging_rows, read_task
from ..text import Text

FEWEST = 8  # epochs: a rank correlation of fewer is chance
OPPOSED = 0.6
MOVED = 0.05  # of the loss's level
MOVED_SHARE = 0.03  # of a metric between 0 and 1, and of the size of any other
ERRORS = 4.0
HALVED = 0.5
NONE_RIGHT = 0.01  # an accuracy that no classifier has, not even by chance among a hundred classes
TRADED = ("precision", "recall", "sensitivity", "specificity", "false_", "true_", "loss")

_STAYS_ZERO = Text(
    en="The loss fell from {loss_first:.4g} to {loss:.4g} while {metric} stayed at {value:.4g}: it does not measure "
    "what is trained.",
    zh="损失从 {loss_first:.4g} 降到 {loss:.4g}，而 {metric} 一直停在 {value:.4g}：它衡量的不是所训练的内容。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a metric that moves against its loss."""
    curves = read_curves(history)
    penalized = read_task(history).penalized  # such a loss may fall because the weights shrink
    if curves.count < FEWEST or penalized or is_tiny(history, curves.train):
        return None
    for name in metric_order([name for name in history.epochs if _comparable(name)]):
        evidence = _compare(history, curves, name)
        if evidence is not None:
            return evidence
    return _never_right(history, curves)


def _comparable(name: str) -> bool:
    return direction(name) is not None and not any(word in name.lower() for word in TRADED)


def _compare(history: History, curves: Curves, name: str) -> Evidence | None:
    validation = name.startswith("val_")
    loss = curves.valid if validation else curves.train
    values = fill_gaps(history.series(name))
    values = values[curves.at] if len(values) == history.epoch_count else np.empty(0)
    if len(loss) != len(values) or not len(values):
        return None
    badness = values if direction(name) == "down" else -values
    least = max(_least(name, values), _by_chance(history, name) if validation else 0.0)
    rises = trend(badness).rises(least, ERRORS) and _moved_down(loss)
    falls = not validation and trend(badness).falls(least, ERRORS) and _moved_up(loss)
    if not (rises or falls) or rank_correlation(smooth(loss), smooth(badness)) > -OPPOSED:
        return None
    return _evidence("val_loss" if validation else "loss", loss, name, values)


def _least(name: str, values: Numbers) -> float:
    return MOVED_SHARE * (1.0 if is_accuracy(name) else size(float(np.median(values))))


def _by_chance(history: History, name: str) -> float:
    """Two standard errors of an accuracy over few rows."""
    shares = accuracy(history, "val_accuracy")
    shares = shares[np.isfinite(shares)]
    rows = judging_rows(history) if is_accuracy(name) else None
    share = float(shares.mean()) if rows and len(shares) else 0.0
    return 2.0 * float(np.sqrt(share * (1.0 - share) / rows)) if rows else 0.0


def _moved_down(loss: Numbers) -> bool:
    return trend(loss).falls(MOVED * size(ending(loss)), ERRORS)


def _moved_up(loss: Numbers) -> bool:
    return trend(loss).rises(MOVED * size(ending(loss)), ERRORS)


def rank_correlation(first: Numbers, second: Numbers) -> float:
    """Return Spearman's rank correlation of two curves; 0 when one of them never moves."""
    if not np.ptp(first) > 0 or not np.ptp(second) > 0:
        return 0.0
    ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (first, second)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _never_right(history: History, curves: Curves) -> Evidence | None:
    shares = accuracy(history)
    fell = curves.start > 0 and ending(curves.train) < HALVED * curves.start
    if not fell or not np.isfinite(shares).any() or not np.nanmax(shares) < NONE_RIGHT:
        return None
    name = next(name for name in history.epochs if is_accuracy(name) and not name.startswith("val_"))
    return _evidence("loss", curves.train, name, fill_gaps(shares), _STAYS_ZERO)


def _evidence(loss_name: str, loss: Numbers, name: str, values: Numbers, message: Text | None = None) -> Evidence:
    numbers = {
        "metric": name,
        "loss_name": loss_name,
        "first": float(values[0]),
        "value": ending(values),
        "loss_first": float(loss[0]),
        "loss": ending(loss),
    }
    return Evidence(numbers, None, (name, loss_name), None, 0.7, message=message)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT115 指标与损失不一致。

看到什么：在整个运行中，同样样本上的损失和某个指标朝相反的方向变化，
    好像按一个看在变好，按另一个看却在变差；或者损失降了一半，准确率却一直是零。
为什么重要：训练改善的是损失所衡量的东西；
    如果真正想要的指标反而变差，就说明损失、指标或目标的形状并非本意。
何时会错：验证损失上升而准确率保持不变属于过于自信，另有名称；
    精确率和召回率本来就此消彼长，不在比较之列。
来源：TheDeepChecker（2023）把相关系数的绝对值低于 0.5 视为错误。
    我们的要求更高：方向相反的等级相关（Spearman，1904）达到 0.6，而且两条曲线的变化都超过噪声。
""",
)

RULE = Rule(
    code="KT115",
    name="metric-disagrees",
    title=Text(en="Metric and loss disagree", zh="指标与损失不一致"),
    severity="warning",
    message=Text(
        en="{metric} went from {first:.4g} to {value:.4g} while {loss_name} went from {loss_first:.4g} to {loss:.4g}: "
        "one says better, the other worse.",
        zh="{metric} 从 {first:.4g} 变为 {value:.4g}，而 {loss_name} 从 {loss_first:.4g} 变为 {loss:.4g}："
        "一个说变好，另一个说变差。",
    ),
    advice=Text(
        en="Decide which of the two is meant. Check that the loss fits the output layer, that the metric fits the form "
        "of the targets, and that no sign is reversed.",
        zh="先确定真正想要的是哪一个。检查损失与输出层是否匹配，指标与目标的形式是否匹配，符号是否写反。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Compute both by hand for five rows: they should agree with {metric} and {loss_name} and with each other on "
        "which predictions are good.",
        zh="取五个样本手工计算两者：结果应与 {metric} 和 {loss_name} 相符，并且在哪些预测更好这一点上彼此一致。",
    ),
    rank=66,
    hides=("healthy", "no-clear-pattern"),
)
