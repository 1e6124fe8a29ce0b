"""KT108 rising-together.

What it sees: training and validation loss both rise to the end of the run; a training loss that rises epoch after
    epoch, as it never did before, shows in smaller steps.
Why it matters: training undoes what it had learnt; a rate that is too high, a loss of the wrong sign or an unfit
    structure does that.
When it is wrong: a schedule that raises the rate again lifts both curves for a while (where the rate is known to come
    down and rise again, the rule is silent).
Source: the classroom table (both rise: bad structure, hyperparameters or data); Google's Deep Learning Tuning Playbook
    calls it usually a bug in the pipeline. 10% of the level on both curves and four standard deviations are our own,
    or 5% after four rises in a row; it is a problem from 30%.
"""

from __future__ import annotations

import numpy as np

from ..curves import Curves, Numbers, ending, is_tiny, last_trend, noise, read_curves, size, smooth
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..rates import cycles
from ..text import Text
from ._fixes import scale_learning_rate

FEWEST = 5  # epochs
LASTING = 3  # epochs since the lowest
RISES = 0.1  # of the level
IN_NOISE = 4.0  # standard deviations of one epoch's loss
GROSS = 0.3  # of the level, on both curves
STEADY = 4  # rises in a row: of pure noise one run in 120 ends so,
SEEN = 0.05  # of the level

_NOT_OVERFITTING = Text(
    en="Overfitting is ruled out: training loss rises too, from {train_low:.4g} to {train:.4g}.",
    zh="不是过拟合：训练损失也在上升，从 {train_low:.4g} 升到 {train:.4g}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence that both curves climb."""
    curves = read_curves(history)
    if curves.count < FEWEST or not curves.validated or _explained(history) or is_tiny(history, curves.train):
        return None
    lowest = int(max(np.argmin(smooth(curves.train)), np.argmin(smooth(curves.valid))))
    climbing = all(map(_climbs, (curves.train, curves.valid)))
    if curves.count - 1 - lowest < LASTING or not (climbing or _climbs_steadily(curves)):
        return None
    return _evidence(history, curves, lowest)


def _climbs_steadily(curves: Curves) -> bool:
    """Training loss rose again and again to the end, which neither noise nor a wave does; validation left its best."""
    falls = np.flatnonzero(np.diff(curves.train) <= 0)
    rises = np.diff(np.concatenate(([-1], falls, [len(curves.train) - 1]))) - 1  # in a row, between two falls
    if rises[-1] < STEADY or rises[:-1].max(initial=0) >= STEADY:
        return False
    low, best = float(curves.train[-1 - rises[-1]]), float(curves.valid.min())
    jitter = noise(curves.train[len(curves.train) // 2 :])  # not of the first epochs, which are wild
    rose = ending(curves.train) - low > max(SEEN * size(low), IN_NOISE * jitter)
    return rose and float(curves.valid[-LASTING:].min()) - best > SEEN * size(best)


def _climbs(values: Numbers) -> bool:
    calm = smooth(values)
    low, last = float(calm.min()), min(float(calm[-1]), ending(values))
    least = max(RISES * size(low), RISES * float(np.ptp(calm)), IN_NOISE * noise(values))
    return last - low > least and not last_trend(values).falls(errors=1.0)


def _explained(history: History) -> bool:
    """Whether the run is not finite (another rule's matter), was changed late, or its rate rises again by design."""
    if not np.isfinite(history.series("loss")[-1:]).all():
        return True
    late = max((change.epoch for change in history.changes), default=-1) > history.epoch_count // 2
    return late or cycles(history)


def _evidence(history: History, curves: Curves, lowest: int) -> Evidence:
    values = {
        "train_low": float(curves.train[lowest]),
        "train": ending(curves.train),
        "valid_low": float(curves.valid[lowest]),
        "valid": ending(curves.valid),
        "epoch": int(curves.at[lowest]) + 1,
    }
    fix = scale_learning_rate(history, 0.1)
    gross = all(ending(part) - part[lowest] > GROSS * size(part[lowest]) for part in (curves.train, curves.valid))
    severity: Severity = "problem" if gross else "warning"
    return Evidence(values, curves.span(lowest), ("loss", "val_loss"), fix, 0.8, severity, (_NOT_OVERFITTING,))


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT108 两条损失同时上升。

看到什么：训练损失和验证损失都在上升，直到运行结束；训练损失前所未有地逐轮连续上升时，升幅较小也能看出。
为什么重要：训练正在毁掉已经学到的东西；学习率过高、损失的符号写反或结构不合适都会造成这种情况。
何时会错：重新调高学习率的计划会让两条曲线暂时上升（已知学习率降下后再升时，本规则不出声）。
来源：教学中常用的损失曲线对照表（两条都上升：结构、超参数或数据不当）；
    Google 的 Deep Learning Tuning Playbook 认为这通常是训练流程中的程序错误。
    两条曲线都上升当前水平的 10%，且超过噪声的四倍，或连续四次上升后达到 5%，是我们自己的界限；
    达到 30% 才算严重问题。
""",
)

RULE = Rule(
    code="KT108",
    name="rising-together",
    title=Text(en="Both losses rise", zh="两条损失同时上升"),
    severity="problem",
    message=Text(
        en="Since epoch {epoch} both losses rise: training {train_low:.4g} to {train:.4g}, "
        "validation {valid_low:.4g} to {valid:.4g}.",
        zh="从第 {epoch} 轮起两条损失同时上升：训练从 {train_low:.4g} 到 {train:.4g}，"
        "验证从 {valid_low:.4g} 到 {valid:.4g}。",
    ),
    advice=Text(
        en="Lower the learning rate first. If both still rise, look at the structure of the network, the sign and kind "
        "of the loss, and the data.",
        zh="先降低学习率。如果两者仍然上升，请检查网络结构、损失函数的种类和符号以及数据。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train a few epochs at a tenth of the learning rate: if both losses fall, it was the rate; if both "
        "rise again, look for a wrong sign or loss.",
        zh="用十分之一的学习率训练几轮：两者都下降，就是学习率的问题；两者仍上升，请检查损失函数的符号和种类。",
    ),
    rank=52,
    hides=(
        "overfitting",
        "overconfidence",
        "underfitting",
        "oscillation",
        "healthy",
        "still-learning",
        "plateau",
        "no-clear-pattern",
    ),
    causes=("no-better-than-trivial",),
)
