"""KT109 learning-too-slow.

What it sees: the loss goes down steadily, in a nearly straight line, but so slowly that the whole run barely moved it;
    or it hardly moved at a learning rate far below every usual one, or in steps that hardly change the weights.
Why it matters: the model could learn, yet would need hundreds of epochs at this rate.
When it is wrong: a training loss that falls shows steps that do reach something, whatever validation loss does; deep
    networks can rest on a flat stretch for a while and then fall by themselves. A log that begins in mid-run tells
    nothing.
Source: CS231n (a loss that falls in a straight line: the rate is too low). 10% of the level in a whole run as for
    underfitting; steady means that the later half moved at least half as far as the earlier one. Keras's defaults
    are 1e-3 (Adam) and 1e-2 (SGD); a hundredth of them is far below. Karpathy's notes for CS231n aim at steps of 1e-3
    of the weights, and TheDeepChecker calls less than 1e-4 too small. A loss that still falls at the end as fast as on
    the average of the run, at a rate below a tenth of the default, is on a straight line as well.
"""

from __future__ import annotations

from ..curves import FEWEST_EPOCHS, Curves, Numbers, ending, is_tiny, read_curves, size, trend
from ..diagnosis import Evidence, Rule
from ..history import History
from ..signals import UPDATE_RATIO
from ..spelling import name_of
from ..text import Text
from ._fixes import current, number, scale_learning_rate
from ._layers import by_layer, lately
from ._outcome import outcome

BARELY = 0.1  # of the loss at the start
STEADY = 0.5  # of the earlier half's fall
FAR_BELOW = {"sgd": 1e-4}
FAR_BELOW_OTHERS = 1e-5
HIGH_RATE = 1e-2  # at such a rate, slowness has another cause
LOW = {"sgd": 1e-3}
LOW_OTHERS = 1e-4
FEWEST_ON_WAY = 8  # epochs: such rates are usual for fine-tuning, which is over by then
SMALL_STEPS = 1e-4  # of the weights, in one step
LEFT = 0.5  # of the loss at the start: with less left, a straight line is a good run's beginning


def check(history: History) -> Evidence | None:
    """Return evidence of a steady crawl."""
    curves = read_curves(history)
    if curves.count < FEWEST_EPOCHS or is_tiny(history, curves.train) or history.facts.get("first_epoch", 1) > 1:
        return None
    rate = number(history, "learning_rate")
    judged = curves.judged
    first = float(judged[0]) if curves.validated else curves.start
    fell = first - ending(judged)
    trained = float(curves.train[0]) - ending(curves.train)  # steps show in what they do to the training rows
    barely = max(abs(fell), abs(trend(curves.train).change)) < BARELY * size(first, ending(judged))
    barely = barely and trained < BARELY * size(float(curves.train[0]))
    slow = _is(history, rate, FAR_BELOW, FAR_BELOW_OTHERS) or _small_steps(history)
    slow = slow or (_crawls(judged) and (rate is None or rate < HIGH_RATE))
    if not (barely and slow) and not _on_its_way(history, curves, rate):
        return None
    return _evidence(history, curves, first, fell)


def _is(history: History, rate: float | None, limits: dict[str, float], others: float) -> bool:
    limit = limits.get(str(name_of(current(history, "optimizer"))).lower(), others)
    return rate is not None and rate <= limit and not history.facts.get("scheduled")


def _small_steps(history: History) -> bool:
    """Whether no layer takes steps that change its weights by more than ``SMALL_STEPS``."""
    ratios = [lately(values) for values in by_layer(history, UPDATE_RATIO).values()]
    return bool(ratios) and max(ratios) < SMALL_STEPS and not history.facts.get("scheduled")


def _on_its_way(history: History, curves: Curves, rate: float | None) -> bool:
    """Whether a run at a low rate has moved somewhat, in a straight line, with most of the way before it."""
    low = curves.count >= FEWEST_ON_WAY and _is(history, rate, LOW, LOW_OTHERS)
    left = ending(curves.judged) > LEFT * curves.start > 0
    return low and left and outcome(history) in ("failed", "poor") and _crawls(curves.judged)


def _crawls(judged: Numbers) -> bool:
    half = len(judged) // 2
    earlier, later = judged[0] - judged[half], judged[-1 - half] - judged[-1]
    return trend(judged).falls(errors=5.0) and later > STEADY * earlier > 0


def _evidence(history: History, curves: Curves, first: float, fell: float) -> Evidence:
    values = {"moved": abs(fell), "first": first, "epochs": curves.count}
    far = _is(history, number(history, "learning_rate"), FAR_BELOW, FAR_BELOW_OTHERS)
    fix = scale_learning_rate(history, 100.0 if far else 10.0)
    return Evidence(values, None, curves.names[::-1], fix, 0.8)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT109 学习太慢。

看到什么：损失稳定地、几乎沿直线下降，但慢得整个运行都没有降多少；
    或者学习率远低于一切常用值，或每一步几乎不改变权重，损失也几乎没有变化。
为什么重要：模型本可以学会，但以这样的学习率需要几百轮。
何时会错：训练损失在下降，说明步子有效，无论验证损失如何；从训练中途开始的记录看不出快慢；
    深层网络可能在平坦的地方停留一阵，然后自己降下来。
来源：CS231n（损失沿直线下降：学习率太低）。
    整个运行只变化 10%，与欠拟合的界限相同；“稳定”指后半程的变化至少是前半程的一半。
    Keras 的默认值是 1e-3（Adam）和 1e-2（SGD）；“远低于”指不超过它们的百分之一。
    Karpathy 为 CS231n 写的讲义以每步改变权重的 1e-3 为目标，TheDeepChecker 认为低于 1e-4 就太小。
    学习率不到默认值的十分之一，而末尾下降的速度与全程平均相当，也算沿直线下降。
""",
)

RULE = Rule(
    code="KT109",
    name="learning-too-slow",
    title=Text(en="Learning too slowly", zh="学习太慢"),
    severity="warning",
    message=Text(
        en="In {epochs} epochs the loss moved by only {moved:.2g} from {first:.4g}: the steps are too small.",
        zh="训练了 {epochs} 轮，损失从 {first:.4g} 只变化了 {moved:.2g}：步子太小了。",
    ),
    advice=Text(
        en="Raise the learning rate tenfold, and again as long as the curve stays smooth.",
        zh="把学习率提高到 10 倍；只要曲线依然平滑，可以再次提高。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train a few epochs at ten times the learning rate: a loss that falls about ten times as fast, and "
        "smoothly, was held back by the rate.",
        zh="用 10 倍的学习率训练几轮：如果损失下降得平稳，而且快了约 10 倍，就是学习率在拖后腿。",
    ),
    rank=38,
    hides=("underfitting", "data-problem", "healthy", "still-learning", "plateau", "no-clear-pattern"),
    causes=("no-better-than-trivial",),
)
