"""KT105 diverging.

What it sees: the loss is no longer a finite number, stands far above where it began, has given back most of what it
    had learnt, or was thrown far up early and never came back; or it falls below zero without a bound. A crossentropy
    that falls below zero (where the loss is known) has targets that are no shares.
Why it matters: the steps are larger than the valley they walk in; nothing that follows is learning.
When it is wrong: a change in mid-run, such as much more dropout, may lift the training loss on purpose.
Source: NaN and infinity as in AutoTrainer (ICSE 2021) and Keras's TerminateOnNaN; a loss at three times its start is
    beyond TheDeepChecker's factor 2, which light oscillation reaches. Learning rates from 1 with an adaptive optimiser
    and from 10 with any other lie outside every range in use (Goodfellow et al. 2016, 11.4.1: below 1).
    A cross-entropy of 100 gives the right class a chance of e^-100. A run that was only thrown up early, or whose rate
    alone is outlandish, is a warning. Without a bound means a hundred times as far below zero as it began from it,
    and steps of the last third twice those of the first: our own margins, which a log-likelihood that settles does not
    reach.
"""

from __future__ import annotations

import numpy as np

from ..curves import (
    Curves,
    Numbers,
    accuracy,
    accuracy_at_end,
    chance_loss,
    ending,
    is_tiny,
    last_trend,
    noise,
    read_curves,
    size,
    smooth,
)
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..spelling import name_of
from ..task import read_task
from ..text import Text
from ._fixes import current, number, scale_learning_rate

FAR_ABOVE = 3.0  # times the start
THROWN_UP = 3.0  # times what the loss was before it, or came down to after
THROWN_OUT = 1e3  # times; no first epoch is so much worse than the second by learning alone
_NEVER_FINITE = Text(
    en="The loss was not a finite number in any epoch: nothing can be learnt from it.",
    zh="每一轮的损失都不是有限的数：这样学不到任何东西。",
)
_NEVER_FINITE_ADVICE = Text(
    en="Look for NaN or infinite values in inputs and targets first, then for a loss or output layer that takes the "
    "logarithm or root of what it should not; then divide the learning rate by 10.",
    zh="先检查输入和目标中是否有 NaN 或无穷大的值，再检查损失或输出层是否对不该取的数取了对数或开方；"
    "然后把学习率除以 10。",
)
_LOST = Text(
    en="From epoch {lost} on the loss is no longer a finite number; it was {before:.4g} before.",
    zh="从第 {lost} 轮起，损失不再是有限的数；在此之前为 {before:.4g}。",
)
_LOST_AT_ONCE = Text(
    en="From step {lost} of the first epoch on the loss is no longer a finite number; it was {before:.4g} before.",
    zh="从第一轮的第 {lost} 步起，损失不再是有限的数；在此之前为 {before:.4g}。",
)
_UNBOUNDED = Text(
    en="The loss falls without a bound, faster and faster: from {first:.4g} at the start to {last:.4g} now.",
    zh="损失没有下界，而且越降越快：从开始时的 {first:.4g} 降到现在的 {last:.4g}。",
)
_BELOW_ZERO = Text(
    en="A crossentropy cannot be negative, yet it fell from {first:.4g} to {last:.4g}: its targets are no shares from "
    "0 to 1.",
    zh="交叉熵不可能为负，它却从 {first:.4g} 降到了 {last:.4g}：目标不是 0 到 1 之间的比例。",
)
_UNBOUNDED_ADVICE = Text(
    en="Look at the loss, not at the rate: targets outside 0 to 1 with a crossentropy, or a term with the wrong sign, "
    "can be lowered forever. Scale the targets to what the loss expects, or turn the sign.",
    zh="问题在损失函数，而不在学习率：交叉熵的目标超出 0 到 1，或某一项的符号写反，损失就可以无限降低。"
    "请把目标缩放到损失函数要求的范围，或改正符号。",
)
CAME_BACK = 0.8  # of the start
RUN_AWAY = 100.0  # times as far below zero as it began from it
FASTER = 2.0  # times the first steps
RUNS = 5  # steps from epoch to epoch
GIVEN_BACK = 0.75  # of what had been learnt
ABSURD_ENTROPY = 100.0
HIGH_ENTROPY = 5.0  # a chance of e^-5 for the right class does not go with 90% accuracy
STEADY = ("learning_rate", "batch_size", "optimizer")  # changes of these excuse no rise


def check(history: History) -> Evidence | None:
    """Return evidence of a loss out of control."""
    curves = read_curves(history)
    if _not_finite(history):
        return _evidence(history, curves, float("nan"), 1.0)
    if not curves.count or (is_tiny(history, curves.train) and is_tiny(history, curves.judged)):
        return None
    last = float(curves.train[-1])
    if _passes_zero(history, curves):
        return _evidence(history, curves, last, 0.9, unbounded=_BELOW_ZERO)
    if _runs_away(curves):
        return _evidence(history, curves, last, 0.9, unbounded=_UNBOUNDED)
    if any(sign(history, curves) for sign in (_far_above, _given_back, _never_came_back)):
        return _evidence(history, curves, last, 0.9)
    if any(sign(history, curves) for sign in (_thrown_out, _outlandish_rate)):
        return _evidence(history, curves, last, 0.7, "warning")
    return None


def _not_finite(history: History) -> bool:
    train, valid = history.series("loss"), history.series("val_loss")
    steps = np.asarray(history.steps.get("loss", ()), dtype=np.float64)[-1:]
    lost = bool(len(train)) and not np.isfinite(train[-1])
    return history.status == "diverged" or lost or bool(np.isinf(valid).any()) or not np.isfinite(steps).all()


def _before(curves: Curves) -> float:
    """Where the loss began: the first rows' loss, else the first epoch's."""
    return float(curves.train[0]) if np.isnan(curves.initial) else curves.initial


def _far_above(history: History, curves: Curves) -> bool:
    chance = chance_loss(history)  # a model that was trained before begins far below it
    before = _before(curves) if np.isnan(chance) else max(_before(curves), chance)
    least = max((FAR_ABOVE - 1.0) * size(before), 4.0 * noise(curves.train), 1e-12)
    return ending(curves.train) - before > least


def _runs_away(curves: Curves) -> bool:
    """Below zero, faster and faster: a loss that nothing bounds, whatever the rate."""
    steps = -np.diff(curves.train)
    if len(steps) < RUNS or not curves.train[-1] < -RUN_AWAY * max(1.0, abs(float(curves.train[0]))):
        return False
    third = max(len(steps) // 3, 1)
    early, middle, late = steps[:third].mean(), steps[third:-third].mean(), steps[-third:].mean()
    return bool((steps > 0).mean() > 0.9 and late > FASTER * early and late > middle)


def _passes_zero(history: History, curves: Curves) -> bool:
    """A crossentropy never falls below zero unless its targets are no shares."""
    entropy = "crossentropy" in read_task(history).loss
    return entropy and curves.count >= RUNS and bool(curves.train[-1] < 0.0) and last_trend(curves.train).falls()


def _given_back(history: History, curves: Curves) -> bool:
    if curves.count < 6 or _excused(history):
        return False
    calm = smooth(curves.train)
    low = int(np.argmin(calm))
    learnt, lost = curves.train[0] - calm[low], min(ending(curves.train), calm[-1]) - calm[low]
    return (
        curves.count - low > 3
        and learnt > 0.3 * size(curves.train[0])
        and lost > max(GIVEN_BACK * learnt, 4.0 * noise(curves.train))
    )


def _excused(history: History) -> bool:
    return any(change.name not in STEADY for change in history.changes)


def _never_came_back(history: History, curves: Curves) -> bool:
    """Needs the first steps: without them nobody knows where the loss was before it was thrown up."""
    before, last = curves.initial, max(ending(curves.train), ending(curves.judged))
    return before > 0 and bool(curves.train.max() > THROWN_UP * before and last > CAME_BACK * before)


def _thrown_out(history: History, curves: Curves) -> bool:
    """A history without steps: the first epoch towers over the rest, which then learns nothing."""
    shares = accuracy(history)
    classifies = len(shares) > 0 and curves.train.min() > 0
    if classifies and ending(curves.train) > ABSURD_ENTROPY and not _comes_down(curves):
        return True
    penalized = read_task(history).penalized  # such a loss begins with its weights' penalty
    if curves.count < 3 or penalized or ending(curves.train) <= 0 or curves.train[0] <= THROWN_UP * curves.initial:
        return False
    if _smooth_fall(curves) or is_tiny(history, curves.train):
        return False
    first, then = float(curves.train[0]), float(np.median(curves.train[1:4]))  # later it may well learn as much
    stuck = classifies and accuracy_at_end(history) < 0.9 and accuracy_at_end(history) - shares[0] < 0.05
    return first > THROWN_OUT * then or bool(stuck and first > THROWN_UP * then)


def _comes_down(curves: Curves) -> bool:
    """Whether an absurd loss is on its way back: it began somewhere absurd, as with inputs that are not scaled."""
    known = curves.train if np.isnan(curves.initial) else np.append(curves.initial, curves.train)
    return len(known) > 1 and bool((np.diff(known) < 0).mean() > 0.9)


def _smooth_fall(curves: Curves) -> bool:
    return bool((np.diff(curves.train) < 0).mean() > 0.9) and last_trend(curves.train).falls()


def _outlandish_rate(history: History, curves: Curves) -> bool:
    """A rate that never works, and a loss that shows it: no lower than where it began."""
    rate, optimizer = number(history, "learning_rate"), str(name_of(current(history, "optimizer")) or "").lower()
    limit = 1.0 if optimizer in ("adam", "adamw", "nadam", "adamax", "rmsprop", "lion") else 10.0
    if rate is None or rate < limit or (accuracy_at_end(history) >= 0.9 and ending(curves.train) < HIGH_ENTROPY):
        return False
    if accuracy_at_end(history) >= 0.9:
        return True
    thrown = curves.train[0] > THROWN_UP * ending(curves.train) and not last_trend(curves.train).falls()
    return ending(curves.train) > CAME_BACK * _before(curves) or bool(thrown)


def _evidence(
    history: History,
    curves: Curves,
    last: float,
    confidence: float,
    severity: Severity = "problem",
    *,
    unbounded: Text | None = None,
) -> Evidence:
    series = history.series("loss")
    seen = series[np.isfinite(series)]
    began = curves.initial if np.isfinite(curves.initial) else float(series[0]) if len(series) else float("nan")
    peak = float(np.fmax(seen.max(), began)) if len(seen) else float("nan")
    values = {"first": began, "peak": peak, "last": last}
    count = history.epoch_count
    message, advice = unbounded, _UNBOUNDED_ADVICE if unbounded else None
    if np.isnan(last) and len(series) and not np.isfinite(series[-1]):
        values |= {"lost": _readable_epochs(series) + 1, "before": float(seen[-1]) if len(seen) else float("nan")}
        message, advice = (_LOST, None) if len(seen) else (_NEVER_FINITE, _NEVER_FINITE_ADVICE)
    span = (max(0, min(curves.count, count - 1) if np.isnan(last) else 0), count - 1) if count else None
    steps = np.asarray(history.steps.get("loss", ()), dtype=np.float64)
    if not len(seen) and np.isfinite(steps).any():  # lost within its first epoch
        known = steps[np.isfinite(steps)]
        values |= {"lost": _readable_epochs(steps) + 1, "before": float(known[-1])}
        values |= {"first": float(known[0]), "peak": float(known.max())}
        message, advice = _LOST_AT_ONCE, None
    fix = None if unbounded else scale_learning_rate(history, 0.1)
    return Evidence(values, span, ("loss",), fix, confidence, severity, message=message, advice=advice)


def _readable_epochs(series: Numbers) -> int:
    """Return how many epochs came before the loss stayed non-finite."""
    finite = np.flatnonzero(np.isfinite(series))
    return int(finite[-1]) + 1 if len(finite) else 0


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT105 发散。

看到什么：损失不再是有限的数，或远高于初始值，或把学到的大部分又丢掉了，或早早被抛得很高而再也没有回来；
    或者降到零以下，没有下界。已知损失是交叉熵而它降到零以下时，目标不是 0 到 1 之间的比例。
为什么重要：步子比所在的山谷还大；此后的训练不再是学习。
何时会错：训练中途的改动，例如大幅提高 dropout，可能有意抬高训练损失。
来源：NaN 和无穷大的判断与 AutoTrainer（ICSE 2021）和 Keras 的 TerminateOnNaN 相同；
    损失达到初始值的 3 倍，高于 TheDeepChecker 的 2 倍，因为轻微振荡就可能达到 2 倍。
    自适应优化器的学习率达到 1，其他优化器的学习率达到 10，
    都超出了一切常用范围（Goodfellow 等，2016，第 11.4.1 节：小于 1）。
    交叉熵为 100，意味着正确类别的概率只有 e^-100。
    只是早期被抛高，或只是学习率离谱的运行，仅作警告。
    “没有下界”指降到零以下的幅度达到初始值的一百倍，而且后三分之一的降幅是前三分之一的两倍：
    这是我们自己的界限，会稳定下来的对数似然达不到它。
""",
)

RULE = Rule(
    code="KT105",
    name="diverging",
    title=Text(en="Diverging", zh="发散"),
    severity="problem",
    message=Text(
        en="The loss is out of control: {first:.4g} at the start, {peak:.4g} at its highest, {last:.4g} now.",
        zh="损失失去控制：开始时为 {first:.4g}，最高达到 {peak:.4g}，现在是 {last:.4g}。",
    ),
    advice=Text(
        en="Divide the learning rate by 10, and again if need be. If that does not help, clip gradients and look for "
        "NaN or huge values in inputs and targets.",
        zh="把学习率除以 10，必要时再除一次。如果没有改善，请裁剪梯度，并检查输入和目标中是否有 NaN 或极大的值。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train a few epochs at a tenth of the learning rate: if the loss stays finite and falls, the steps "
        "were too large; if not, look at the data.",
        zh="用十分之一的学习率训练几轮：如果损失保持有限并下降，就是步子太大；否则请检查数据。",
    ),
    rank=50,
    hides=(
        "overfitting",
        "overconfidence",
        "underfitting",
        "still-learning",
        "plateau",
        "oscillation",
        "data-problem",
        "rising-together",
        "validation-better",
        "metric-disagrees",
        "learning-too-slow",
        "healthy",
        "too-early",
        "no-clear-pattern",
    ),
    causes=("no-better-than-trivial",),
)
