"""KT102 underfitting.

What it sees: training loss has barely fallen in the whole run, and it is not on its way down; or it stands still
    where even the training rows are hardly better known than by guessing. It says so where the loss rose, where
    nothing changes at all after the first epoch, and where loss and accuracy are both those of equal chances for all
    classes. In a log that begins in mid-run, a loss that barely fell counts only in the last two cases. A training
    metric that rises, such as an IoU, is learning too; a validation loss past its best rules out the run that stands
    still.
Why it matters: a model that cannot fit even its training rows cannot be right about new ones.
When it is wrong: where a large data set is learnt within the first epoch, Keras's history starts with a model that is
    already trained (our own runs record steps and see the fall); pure noise has nothing to fit.
Source: the classroom table (a training loss that barely falls is underfitting). 10% of the start is TheDeepChecker's
    order of magnitude (5% per check) for a whole run; CS231n asks for a loss that falls from its chance level. For a
    run that stands still, half of the way from guessing to perfect (a quarter of the variance) is our own margin.
"""

from __future__ import annotations

import numpy as np

from ..curves import (
    Curves,
    accuracy,
    accuracy_at_end,
    ending,
    gain_at_end,
    is_tiny,
    last_trend,
    noise,
    read_curves,
    size,
    smooth,
    still_gains,
    tail,
)
from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..metric_direction import direction
from ..task import Task, read_task
from ..text import Text
from ._fixes import lower_dropout, number, scale_learning_rate
from ._outputs import first_of_outputs

FEWEST = 5  # epochs
BARELY = 0.1  # of the loss at the start
GOOD_ACCURACY = 0.9  # nobody calls such a model underfitted, wherever it began
GAIN_OF_ACCURACY = 0.1  # so much gained is learning, even when the loss's first value hides it
LOW_RATE, HIGH_RATE = 1e-4, 0.1  # outside, the rate is the first suspect (Keras's defaults are 1e-3 and 1e-2)
STILL = 10  # epochs, so that the last four of them show a pace
FLAT = 0.05  # of the level in the last third: more is still learning
SHORT = 0.5  # of the way from guessing to all training rows right
SHORT_OF_VARIANCE = 0.25  # much of a target's variance may be noise
NOTHING = 0.1  # of either way
PAST = 0.02  # of the best validation loss
SAME = 1e-6  # of the level: what float32 cannot tell apart
MOST_LOSS = 7.0  # of a thousand classes
EQUAL_LOSS, EQUAL_SHARE = 0.01, 0.1  # how near loss and accuracy are to those of equal chances
GAP_OF_ACCURACY = 0.1  # beyond it the trouble is another one

_STANDS = Text(
    en="Training has hardly moved for {still} epochs, at a loss of {last:.4g}: even on its own rows the model came "
    "only {gained:.0%} of the way from guessing to perfect.",
    zh="最近 {still} 轮训练几乎没有进展，损失停在 {last:.4g}："
    "即使对训练样本，模型也只走完了从瞎猜到全对的 {gained:.0%}。",
)
_AT_CHANCE = Text(
    en="In {epochs} epochs nothing was learnt: a loss of {last:.4g} and an accuracy of {accuracy:.1%} are what "
    "guessing among {classes} classes gets.",
    zh="训练了 {epochs} 轮，什么也没有学到：损失 {last:.4g}、准确率 {accuracy:.1%}，"
    "与在 {classes} 个类别中瞎猜的结果相同。",
)
_ROSE = Text(
    en="In {epochs} epochs training loss did not fall: {first:.4g} at the start, {last:.4g} now.",
    zh="训练了 {epochs} 轮，训练损失没有下降：开始时为 {first:.4g}，现在是 {last:.4g}。",
)
_FROZEN = Text(
    en="The loss stays the same, {last:.4g}, epoch after epoch ({epochs} so far): no step changes what the model "
    "predicts.",
    zh="训练了 {epochs} 轮，损失始终是 {last:.4g}：没有任何一步改变了模型的预测。",
)
_FROZEN_ADVICE = Text(
    en="Look for an output that cannot change (softmax over a single unit, a saturated or dead layer before it), for "
    "frozen layers and for a learning rate of zero; check that inputs are scaled.",
    zh="检查输出是否无法变化（只有一个单元的 softmax，或前面的层已饱和或失活）、层是否被冻结、学习率是否为零；"
    "再检查输入是否已缩放。",
)
_NOT_OVERFITTING = Text(
    en="Overfitting is ruled out: the training rows themselves are not fitted.",
    zh="不是过拟合：连训练样本本身都没有拟合好。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a training loss that stayed where it began, or stands still far from a fit."""
    return first_of_outputs(history, _check, RULE.message)


def _check(history: History) -> Evidence | None:
    curves = read_curves(history)
    if curves.count < _enough(history) or is_tiny(history, curves.train):
        return None
    if not _stayed(history, curves):
        return _standing(history, curves)
    seen = _flat(history, curves)
    begun = history.facts.get("first_epoch", 1) > 1  # the log begins in mid-run: what was learnt before is not in it
    return None if begun and seen.message not in (_FROZEN, _AT_CHANCE) else seen


def _stayed(history: History, curves: Curves) -> bool:
    """Whether the loss is where it began, and not about to leave."""
    last = ending(curves.train)
    moving = last_trend(curves.train).falls(0.03 * size(last), errors=4.0)
    fell = curves.start - last
    if fell > BARELY * size(curves.start, last) or moving or _accurate(history):
        return False
    return fell >= 0 or not _validation_fell(curves)


def _validation_fell(curves: Curves) -> bool:
    """Whether new rows are better known all the same: then training loss rose by design, as with augmentation."""
    first = float(curves.valid[0]) if curves.validated else 0.0
    return curves.validated and first - ending(curves.valid) > BARELY * size(first)


def _flat(history: History, curves: Curves) -> Evidence:
    values = {"first": curves.start, "last": float(curves.train[-1]), "epochs": history.epoch_count}
    frozen = _is_frozen(history, curves)
    guesses = _guessing(history, curves)
    sure = bool(_gained(history, curves, read_task(history))[0] < NOTHING or frozen or guesses)
    severity: Severity = "problem" if frozen or (sure and curves.count >= STILL) else "warning"
    advice = _FROZEN_ADVICE if frozen else None
    message = _AT_CHANCE if guesses else _ROSE if ending(curves.train) > curves.start else None
    message = _FROZEN if frozen else message
    out = (_NOT_OVERFITTING,)
    return Evidence(values | guesses, None, ("loss",), _fix(history), 0.8, severity, out, message, advice)


def _is_frozen(history: History, curves: Curves) -> bool:
    """Whether nothing changes any more; the first epoch is the mean of a model that still moved."""
    known = (curves.train, curves.valid, accuracy(history), accuracy(history, "val_accuracy"))
    return all(float(np.ptp(part[1:])) <= SAME * size(*part[1:]) for part in known if len(part[1:]))


def _guessing(history: History, curves: Curves) -> dict[str, float]:
    """Loss and accuracy tell together that all classes get equal chances, even where nobody says how many they are."""
    last, share = ending(curves.train), accuracy_at_end(history)
    classes = round(float(np.exp(last))) if 0.0 < last < MOST_LOSS else 0
    if classes < 2 or abs(last - np.log(classes)) > EQUAL_LOSS * last or not abs(share * classes - 1.0) < EQUAL_SHARE:
        return {}
    return {"classes": classes, "accuracy": share}


def _standing(history: History, curves: Curves) -> Evidence | None:
    """An end without much progress, where what was reached can be held against guessing."""
    if curves.count < STILL or gain_at_end(curves.train) > FLAT * size(ending(curves.train)) or still_gains(curves):
        return None
    gained, enough = _gained(history, curves, read_task(history))
    lost = accuracy_at_end(history) - accuracy_at_end(history, "val_accuracy")
    if np.isnan(gained) or gained > enough or lost > GAP_OF_ACCURACY or (gained > 0.0 and _past_its_best(curves)):
        return None
    span = curves.span(-tail(curves.count))
    values = {
        "first": curves.start,
        "last": ending(curves.train),
        "epochs": history.epoch_count,
        "still": span[1] - span[0] + 1,
        "gained": max(gained, 0.0),
    }
    severity: Severity = "warning" if gained < enough / 2 else "info"
    return Evidence(values, span, ("loss",), _fix(history), 0.7, severity, (_NOT_OVERFITTING,), _STANDS)


def _past_its_best(curves: Curves) -> bool:
    """Whether validation loss has turned: to fit the training rows better would not help."""
    if not curves.validated or curves.valid.min() <= 0:
        return False
    rise = ending(curves.valid) - float(smooth(curves.valid).min())
    return rise > max(PAST * float(curves.valid.min()), 2.0 * noise(curves.valid))


def _gained(history: History, curves: Curves, task: Task) -> tuple[float, float]:
    """Return how much of the way from guessing was made on training rows, and how much would do; NaN if unknown."""
    usable = not task.penalized and task.trivial_loss > 0
    by_loss = 1.0 - ending(curves.train) / task.trivial_loss if usable else np.nan
    trivial, share = task.trivial.get("accuracy", np.nan), accuracy_at_end(history)
    if np.isfinite(share) and trivial < 1.0:  # a rare class hardly shows in accuracy, but it does in the loss
        return float(np.fmax((share - trivial) / (1.0 - trivial), by_loss)), SHORT
    return (by_loss, SHORT_OF_VARIANCE) if task.classes is None else (np.nan, SHORT)


def _enough(history: History) -> int:
    """A run that goes on gets a tenth of its way first: warm-up and flat starts are common."""
    going = history.status in ("running", "paused")
    return max(FEWEST, (history.planned_epochs or 0) // 10) if going else FEWEST


def _accurate(history: History) -> bool:
    shares, last = accuracy(history), accuracy_at_end(history)
    gained = np.isfinite(last) and last - np.nanmin(shares) > GAIN_OF_ACCURACY
    return bool(last >= GOOD_ACCURACY or gained or any(_gained_share(history, name) for name in history.epochs))


def _gained_share(history: History, name: str) -> bool:
    """Whether a metric of the training rows between 0 and 1, such as an IoU, rose as much as learning makes it rise."""
    if name.startswith("val_") or direction(name) != "up":
        return False
    values = history.series(name)
    values = values[np.isfinite(values)]
    if len(values) < FEWEST or values.min() < 0 or values.max() > 1:
        return False
    return bool(np.median(values[-3:]) - np.median(values[:3]) > GAIN_OF_ACCURACY)


def _fix(history: History) -> Fix | None:
    rate = number(history, "learning_rate")
    if rate is not None and rate > HIGH_RATE:
        return scale_learning_rate(history, 0.1)
    if lower_dropout(history):
        return lower_dropout(history)
    return scale_learning_rate(history, 10.0) if rate is not None and rate < LOW_RATE else None


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT102 欠拟合。

看到什么：整个运行中训练损失几乎没有下降，目前也没有下降的趋势；
    或者损失停滞不前，而即使对训练样本，成绩也只比瞎猜好一点。
    如果损失上升了，或者第一轮之后一切都不再变化，或者损失和准确率都与各类机会均等时相同，它会明确指出；
    如果日志从训练中途开始，几乎没有下降的损失只有在后两种情况下才算数。
    训练指标（例如交并比 IoU）上升也算学到了东西；训练停滞但验证损失已过最低点时，不作此判断。
为什么重要：连训练样本都拟合不了的模型，对新样本也不可能判断正确。
何时会错：数据集很大、第一轮之内就已学会时，
    Keras 的历史一开始就是训练好的模型（我们自己的运行会记录每一步，能看到这段下降）；
    纯噪声则没有任何可以拟合的规律。
来源：教学中常用的损失曲线对照表（训练损失几乎不降就是欠拟合）。
    以初始值的 10% 衡量整个运行，与 TheDeepChecker 的量级相同（它每次检查用 5%）；
    CS231n 要求损失从随机猜测的水平降下来。
    对停滞的训练，以从瞎猜到全对的一半（回归则为方差的四分之一）为界，是我们自己的界限。
""",
)

RULE = Rule(
    code="KT102",
    name="underfitting",
    title=Text(en="Underfitting", zh="欠拟合"),
    severity="warning",
    message=Text(
        en="In {epochs} epochs training loss barely fell: {first:.4g} at the start, {last:.4g} now.",
        zh="训练了 {epochs} 轮，训练损失几乎没有下降：开始时为 {first:.4g}，现在是 {last:.4g}。",
    ),
    advice=Text(
        en="Try another learning rate and less regularisation first, then a larger network; check that the model can "
        "fit 20 rows by heart, and that inputs are scaled and labels belong to them.",
        zh="先尝试别的学习率并减少正则化，再换用更大的网络；"
        "检查模型能否记住 20 个样本，输入是否已缩放，标签是否与输入对应。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train on 20 rows only: a network that cannot bring their loss near zero has a fault in its "
        "settings, not too little data.",
        zh="只用 20 个样本训练：如果连它们的损失都降不到接近零，问题就在设置上，而不是数据太少。",
    ),
    rank=70,
    hides=("healthy", "still-learning", "no-clear-pattern"),
    causes=("plateau", "no-better-than-trivial"),
)
