"""KT121 learning-rate-too-high.

What it sees: a learning rate above the usual range of its optimizer, or steps that change the weights by a tenth of
    their size, together with a run that shows it: a loss out of control, thrown up, jumping, or stuck where it began;
    or one that settled with errors left, at steps of a hundredth.
    Tables of embeddings are left out of the step sizes: a step changes few of their rows, and those much. The first
    steps count as well as the median, because units that they killed take small ones for good.
Why it matters: it is the setting behind most failed runs, and the cheapest to change.
When it is wrong: very large batches, warm-up and normalised networks stand rates that would ruin others; a run that
    learns well at such a rate is left alone.
Source: Goodfellow et al. (2016), 11.4.1 (rates in use lie between 1e-6 and 1, the most important setting to tune);
    Keras's defaults are 1e-3 for Adam and its kin and 1e-2 for SGD, and ten times more is where trouble is common.
    Bengio (2012), "Practical recommendations", section 3: the best rate is close to the largest that does not diverge.
    TheDeepChecker takes updates above a tenth of the weights as too large; Karpathy's notes for CS231n aim at 1e-3.
"""

from __future__ import annotations

import numpy as np

from ..curves import Curves, ending, last_trend, noise, read_curves, size
from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..signals import UPDATE_RATIO
from ..spelling import name_of
from ..text import Text
from ._fixes import current, number, set_learning_rate
from ._layers import Numbers, by_layer, loss_curves
from ._outcome import Outcome, accuracy_gained, outcome

ADAPTIVE = ("adam", "adamw", "nadam", "adamax", "rmsprop", "lion", "muon", "adafactor", "lamb")
USUAL = {"adaptive": 1e-3, "sgd": 1e-2}
HIGH = {"adaptive": 1e-2, "sgd": 0.1}  # from here on trouble is common
ABSURD = {"adaptive": 0.1, "sgd": 10.0}  # from here on it is the rule
LARGE_STEPS = 0.1  # of the weights, in one step
NORMAL_STEPS = 1e-2  # ten times what CS231n's notes aim at
GOOD = 0.9  # of the way from guessing to no error at all
THROWN_UP = 2.0  # times where the loss began
SETTLED = 0.05  # of the level: more is still learning
SOON = 6  # epochs; before them a loss that falls in each is only on its way
SETTING_OUT = 0.1  # of the first epoch's loss
JUMPS_OF_LEARNT = 0.05  # noise of an epoch's loss, of how far it fell
JUMPY = 0.2  # noise of an epoch's loss, of its level (BTTackler: standard deviation over mean)

_ABOVE_USUAL = Text(en="{optimizer} usually takes about {usual:g}", zh="{optimizer} 通常取 {usual:g} 左右")
_LARGE_STEPS = Text(
    en="One step changes the weights of layer {layer} by {ratio:.0%} of their size; 0.1% is usual",
    zh="每一步都使 {layer} 层的权重变化其大小的 {ratio:.0%}；通常约为 0.1%",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a rate that is too high for this run."""
    rate = _highest(history)
    if rate is None:
        return None
    kind = "adaptive" if str(name_of(current(history, "optimizer")) or "").lower() in ADAPTIVE else "sgd"
    layer, ratio = _largest_step(history)
    severity = _severity(history, rate, kind, ratio)
    if severity is None:
        return None
    large = ratio > LARGE_STEPS
    values = {
        "rate": rate,
        "usual": USUAL[kind],
        "optimizer": str(name_of(current(history, "optimizer")) or "SGD"),
        "layer": layer,
        "ratio": ratio,
    }
    values["why"] = (_LARGE_STEPS if large else _ABOVE_USUAL).filled(**values)
    count = history.epoch_count
    return Evidence(
        values,
        (0, count - 1) if count else None,
        loss_curves(history),
        _fix(history, rate, kind, ratio),
        0.9 if large or rate >= ABSURD[kind] else 0.75,
        severity,
        layers=(layer,) if large else (),
    )


def _highest(history: History) -> float | None:
    """The rate in force; of a schedule the highest, which is the one that does the harm."""
    rates = history.learning_rates[np.isfinite(history.learning_rates)]
    if history.facts.get("scheduled") and len(rates):
        return float(rates.max())
    return number(history, "learning_rate")


def _largest_step(history: History) -> tuple[str, float]:
    """The layer whose weights a step changes most, in the median over the first half of the probes."""
    steps = {layer: values[: max(3, len(values) // 2 + 1)] for layer, values in _ratios(history).items()}
    ratios = {layer: float(np.nanmedian(values)) for layer, values in steps.items() if (~np.isnan(values)).any()}
    layer = max(ratios, key=lambda name: ratios[name], default="")
    return layer, ratios.get(layer, 0.0)


def _first_step(history: History) -> float:
    """The largest change of a layer's weights that the first probes saw."""
    first = [values[1:4] for values in _ratios(history).values()]
    return max((float(np.nanmax(values)) for values in first if (~np.isnan(values)).any()), default=0.0)


def _ratios(history: History) -> dict[str, Numbers]:
    """Leave out tables of embeddings, of which a step changes few rows, and those much."""
    layers = history.model.layers if history.model is not None else ()
    tables = {layer.name for layer in layers if layer.kind == "Embedding"}
    return {layer: values for layer, values in by_layer(history, UPDATE_RATIO).items() if layer not in tables}


def _severity(history: History, rate: float, kind: str, ratio: float) -> Severity | None:
    came_out = outcome(history)
    if came_out == "unknown":
        return "warning" if rate >= ABSURD[kind] else None
    high = rate > HIGH[kind] or (rate >= HIGH[kind] and ratio > NORMAL_STEPS)
    large = ratio > LARGE_STEPS and rate > USUAL[kind]
    first = _first_step(history)  # units that the first steps killed take small ones for good
    ordinary = 0 < first < NORMAL_STEPS and ratio < NORMAL_STEPS and rate < ABSURD[kind]  # bad, but not by its steps
    if not (high or large) or not (_shows(history, "learnt" if ordinary else came_out) or _falls_short(history, ratio)):
        return None
    return "problem" if came_out == "failed" else "warning"


def _falls_short(history: History, ratio: float) -> bool:
    """Whether steps ten times the usual go with a classifier that settled and still errs: smaller ones settle lower."""
    curves = read_curves(history)
    settled = not last_trend(curves.judged).falls(SETTLED * size(ending(curves.judged)))
    return settled and ratio > NORMAL_STEPS and accuracy_gained(history) < GOOD


def _shows(history: History, came_out: Outcome) -> bool:
    """Whether the run suffers: a good one at a high rate only found a good rate."""
    curves = read_curves(history)
    if came_out in ("failed", "poor") and not _sets_out(curves):
        return True
    return _thrown_up(curves) or _jumps(curves)


def _sets_out(curves: Curves) -> bool:
    """No run has come far after a few epochs; one whose loss falls each time does not suffer."""
    if not 1 < curves.count < SOON or size(ending(curves.train)) > size(curves.start):
        return False
    fell = float(curves.train[0] - curves.train[-1])
    return bool((np.diff(curves.train) < 0).all()) and fell > SETTING_OUT * size(float(curves.train[0]))


def _thrown_up(curves: Curves) -> bool:
    start = curves.initial if np.isfinite(curves.initial) else curves.start
    return bool(start > 0 and curves.train.max() > THROWN_UP * start)


def _jumps(curves: Curves) -> bool:
    """Jumps count against what was learnt as well: near zero, the noise of a good run is large beside its level."""
    last = ending(curves.train)
    least = max(JUMPY * size(last), JUMPS_OF_LEARNT * (curves.start - last))
    return curves.count >= 6 and noise(curves.train) > least


def _fix(history: History, rate: float, kind: str, ratio: float) -> Fix | None:
    """Back to the usual rate where that is lower, and by ten at least."""
    return set_learning_rate(history, min(rate / 10, USUAL[kind]) if rate < 1e3 * USUAL[kind] else USUAL[kind])


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT121 学习率过高。

看到什么：学习率高于该优化器的常用范围，或者每一步都使权重变化其大小的十分之一，
    同时运行本身也显出这一点：损失失控、被抛高、跳动，或停在起点；
    或者每一步改变权重的百分之一，损失已稳定而错误仍多。
    嵌入表不计入步长：每一步只改变其中少数几行，而且变化很大。
    除了步长的中位数，最初几步也算数，因为它们可能使单元失活，此后的步长就一直很小。
为什么重要：多数失败的训练都由这个设置引起，而它又最容易更改。
何时会错：很大的批量、预热和带归一化的网络能承受会毁掉其他网络的学习率；
    在这样的学习率下学得很好的运行不会被打扰。
来源：Goodfellow 等（2016）第 11.4.1 节（常用学习率在 1e-6 到 1 之间，是最需要调节的设置）；
    Keras 的默认值对 Adam 一类是 1e-3，对 SGD 是 1e-2，再高十倍就常出问题。
    Bengio（2012）的 Practical recommendations 第 3 节：最好的学习率接近不发散的最大值。
    TheDeepChecker 认为更新超过权重的十分之一就过大；Karpathy 为 CS231n 写的讲义以 1e-3 为目标。
""",
)

RULE = Rule(
    code="KT121",
    name="learning-rate-too-high",
    title=Text(en="Learning rate too high", zh="学习率过高"),
    severity="warning",
    message=Text(
        en="The learning rate is {rate:g}, and the run suffers from it: {why}.",
        zh="学习率为 {rate:g}，训练因此受损：{why}。",
    ),
    advice=Text(
        en="Lower the learning rate by ten, and again as long as the loss jumps or does not fall; a warm-up or "
        "gradient clipping helps where a high rate is wanted.",
        zh="把学习率降到十分之一；只要损失仍在跳动或不下降，就再降一次。确实需要高学习率时，可使用预热或梯度裁剪。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train again from the same start at a tenth of {rate:g}: if the loss now falls steadily, the rate was it.",
        zh="从相同的起点用 {rate:g} 的十分之一再训练一次：如果损失平稳下降，原因就是学习率。",
    ),
    rank=32,
    causes=(
        "exploding-gradients",
        "dying-relu",
        "saturation",
        "diverging",
        "rising-together",
        "oscillation",
        "underfitting",
        "plateau",
        "no-better-than-trivial",
        "data-problem",
        "overfitting",
        "validation-better",
        "bad-initial-loss",
    ),
)
