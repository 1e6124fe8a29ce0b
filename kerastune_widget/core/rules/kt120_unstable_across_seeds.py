"""KT120 unstable-across-seeds.

What it sees: runs that differ in nothing but their seed end at very different losses, or some of them fail.
Why it matters: one run says little about such a setting; a better number may be luck, and so may a worse one.
When it is wrong: of three runs nobody can tell a spread well (we take the lower end of what it may be).
Source: Bouthillier et al. (2021), "Accounting for Variance in Machine Learning Benchmarks"; Google's Deep Learning
    Tuning Playbook (repeat the best trial). 10% of the level and 5% of what was learnt are our own margins; the lower
    end is the 95% bound of a normal sample's standard deviation.
"""

from __future__ import annotations

import math

import numpy as np

from ..curves import HUGE, Numbers, read_curves
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._fixes import scale_learning_rate

FEWEST = 3  # runs
OF_LEVEL = 0.1
OF_LEARNT = 0.05
STUCK, LEARNT = 0.8, 0.5  # of the start: runs above and below it do not do the same thing

_FAILED = Text(
    en="Of {runs} runs that differ in their seed only, {failed} failed while the others learnt (best {best:.4g}).",
    zh="在只有随机种子不同的 {runs} 次训练中，有 {failed} 次失败，其余学会了（最好的为 {best:.4g}）。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a spread that no single run may be trusted against."""
    ends = np.asarray(history.facts.get("repeats", ()), dtype=np.float64)
    if len(ends) < FEWEST:
        return None
    finite = np.clip(ends[np.isfinite(ends)], -HUGE, HUGE)
    start = read_curves(history).start
    failed = len(ends) - len(finite) + _stuck(finite, start)
    if 0 < failed < len(ends) and len(finite):
        return _evidence(history, ends, finite, failed)
    if len(finite) < FEWEST:
        return None
    level = float(np.median(finite))
    learnt = abs(start - level) if np.isfinite(start) else 0.0
    least = max(OF_LEVEL * abs(level), OF_LEARNT * learnt)
    return _evidence(history, ends, finite, 0) if least_spread(finite) > least > 0 else None


def _stuck(finite: Numbers, start: float) -> int:
    """Runs that stayed where they began, when others came far."""
    if not start > 0 or not (finite < LEARNT * start).any():
        return 0
    return int((finite > STUCK * start).sum())


def least_spread(values: Numbers) -> float:
    """Return the lower 95% bound of the standard deviation that ``values`` were drawn with.

    The quantile of chi-squared is Wilson and Hilferty's (1931), good to 2% from two degrees of freedom on.
    """
    freedom = len(values) - 1
    quantile = freedom * (1.0 - 2.0 / (9.0 * freedom) + 1.645 * math.sqrt(2.0 / (9.0 * freedom))) ** 3
    return float(np.std(values, ddof=1)) * math.sqrt(freedom / quantile)


def _evidence(history: History, ends: Numbers, finite: Numbers, failed: int) -> Evidence:
    values = {
        "runs": len(ends),
        "failed": failed,
        "mean": float(finite.mean()),
        "deviation": float(np.std(finite, ddof=1)) if len(finite) > 1 else 0.0,
        "best": float(finite.min()),
        "worst": float(finite.max()),
    }
    names = tuple(name for name in ("val_loss", "loss") if name in history.epochs)[:1]
    fix = scale_learning_rate(history, 0.3)
    return Evidence(values, None, names, fix, 0.9 if failed else 0.8, message=_FAILED if failed else None)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT120 不同种子结果不稳。

看到什么：除了随机种子之外完全相同的几次训练，结束时的损失相差很大，或者其中有的失败了。
为什么重要：对于这样的设置，单独一次训练说明不了什么；更好的数字可能只是运气，更差的也一样。
何时会错：只有三次训练时，离散程度很难估准（我们取可能范围的下限）。
来源：Bouthillier 等（2021）关于机器学习基准中随机性的研究，把种子列为结果差异的主要来源之一；
    Google 的 Deep Learning Tuning Playbook 建议把最好的试验多重复几次。
    当前水平的 10% 和所学内容的 5% 是我们自己的界限；下限指正态样本标准差的 95% 界。
""",
)

RULE = Rule(
    code="KT120",
    name="unstable-across-seeds",
    title=Text(en="Unstable across seeds", zh="不同种子结果不稳"),
    severity="warning",
    message=Text(
        en="{runs} runs that differ in their seed only ended at {mean:.4g} on average, with a standard deviation of "
        "{deviation:.2g} ({best:.4g} to {worst:.4g}).",
        zh="{runs} 次只有随机种子不同的训练，结束时平均为 {mean:.4g}，标准差为 {deviation:.2g}"
        "（从 {best:.4g} 到 {worst:.4g}）。",
    ),
    advice=Text(
        en="Report the mean and standard deviation of several runs, and compare settings only that way; a lower "
        "learning rate, more data or an average of several models steadies the result.",
        zh="请报告多次训练的平均值和标准差，并且只据此比较不同设置；降低学习率、增加数据或平均几个模型，可以让结果更稳定。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Repeat the same seeds at a third of the learning rate: if the runs end closer together, the steps were too "
        "large.",
        zh="用同样的几个种子、三分之一的学习率重复：如果各次结果更接近，就是步子太大。",
    ),
    rank=68,
    hides=("healthy", "no-clear-pattern"),
)
