"""KT201 exploding-gradients.

What it sees: on a fixed batch the gradient of a layer is not finite, or its norm is beyond a thousand times the scale
    of the targets; or it grows by a large factor from the last layer to the first and the run learns badly.
Why it matters: one such step throws the weights far away, and what was learnt with them.
When it is wrong: a sum over rows or a loss in large units has large gradients by nature; a run that learns in spite
    of them would most likely learn better without.
Source: Pascanu et al. (2013), "On the difficulty of training recurrent neural networks", name the effect and the
    remedy of clipping. AutoTrainer (ICSE 2021) takes a ratio of first to last layer above 70, TheDeepChecker and
    BTTackler an absolute gradient above 1e6 and 1e4. That one thousand counts per unit of the targets, so that a
    regression in large units is not accused, is our own.
"""

from __future__ import annotations

import numpy as np

from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..signals import GRADIENT_NORM
from ..text import Text
from ._fixes import clip_gradients, normalize_inputs, scale_learning_rate
from ._layers import Numbers, by_layer, loss_curves
from ._outcome import outcome

HUGE = 1e3  # per unit of the targets; healthy runs of the benchmark stay below 30
BEYOND_DOUBT = 1e4
RATIO = 70.0  # first layer over last
LARGE = 10.0  # what the first layer's norm must be as well: a ratio alone may come from a tiny last layer

_NOT_RATE = Text(
    en="Not the learning rate alone: the norm was {before:.3g} before the first step.",
    zh="不只是学习率的问题：训练开始之前范数就是 {before:.3g}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of gradients out of all proportion."""
    norms = by_layer(history, GRADIENT_NORM)
    if not norms:
        return None
    unit = _unit(history)
    peaks = {layer: _peak(values) for layer, values in norms.items()}
    layer = max(peaks, key=lambda name: peaks[name])
    started = [float(values[0]) for values in norms.values()]
    grows = len(started) > 2 and started[0] > RATIO * started[-1] and started[0] > LARGE * unit
    severity = _severity(history, peaks[layer] / unit, grows=grows)
    if severity is None:
        return None
    return _evidence(history, norms[layer], layer, severity, peaks[layer], unit)


def _unit(history: History) -> float:
    """The spread of regression targets, else 1: the gradient of a squared error grows with it."""
    targets = history.data.targets if history.data is not None else ()
    return max([1.0, *(target.spread for target in targets if target.kind == "regression")])


def _peak(values: Numbers) -> float:
    """The greatest norm; infinity where it is no longer a number although it was measured again and again."""
    measured = values[~np.isnan(values)]
    return float(measured.max()) if len(measured) else 0.0


def _severity(history: History, peak: float, *, grows: bool) -> Severity | None:
    came_out = outcome(history)
    if came_out == "failed" and peak > HUGE:
        return "problem"
    if came_out in ("failed", "poor") and (peak > HUGE or grows):
        return "warning"
    return "warning" if peak > HUGE else None


def _evidence(history: History, values: Numbers, layer: str, severity: Severity, peak: float, unit: float) -> Evidence:
    large = np.flatnonzero(values > HUGE * unit)
    first = int(large[0]) if len(large) else 0
    count = history.epoch_count
    before = float(values[~np.isnan(values)][0])
    return Evidence(
        {"layer": layer, "norm": peak, "before": before},
        (min(max(first - 1, 0), count - 1), count - 1) if count else None,
        loss_curves(history),
        clip_gradients(history) or normalize_inputs(history) or scale_learning_rate(history, 0.1),
        0.9 if peak > BEYOND_DOUBT * unit else 0.7,
        severity,
        (_NOT_RATE,) if before > HUGE * unit else (),
        layers=(layer,),
    )


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT201 梯度爆炸。

看到什么：在固定批次上，某一层的梯度不再是有限的数，或其范数超过目标尺度的一千倍；
    或者从最后一层到第一层成倍增大，而且训练效果很差。
为什么重要：这样的一步会把权重抛得很远，学到的东西也随之丢失。
何时会错：对各行求和的损失，或以很大单位计量的损失，梯度本来就大；
    尽管如此仍能学习的运行，去掉这种梯度后多半会学得更好。
来源：Pascanu 等（2013）的 On the difficulty of training recurrent neural networks 命名了这一现象，并提出用裁剪来解决。
    AutoTrainer（ICSE 2021）以首层与末层之比超过 70 为界，
    TheDeepChecker 和 BTTackler 分别以梯度绝对值超过 1e6 和 1e4 为界。
    按目标的单位计算一千倍，以免误判单位很大的回归，这是我们自己的界限。
""",
)

RULE = Rule(
    code="KT201",
    name="exploding-gradients",
    title=Text(en="Exploding gradients", zh="梯度爆炸"),
    severity="warning",
    message=Text(
        en="On a fixed batch the gradient of layer {layer} reached a norm of {norm:.3g} ({before:.3g} before the first "
        "step).",
        zh="在固定批次上，{layer} 层的梯度范数达到 {norm:.3g}（训练开始之前为 {before:.3g}）。",
    ),
    advice=Text(
        en="Clip gradients by norm, scale inputs and targets, draw smaller initial weights, add normalisation, or "
        "lower the learning rate.",
        zh="按范数裁剪梯度，缩放输入和目标，使用更小的初始权重，加入归一化层，或降低学习率。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train again from the same start with clipnorm 1: if the loss now falls, the gradients were it.",
        zh="从相同的起点用 clipnorm 1 再训练一次：如果损失开始下降，原因就是梯度过大。",
    ),
    rank=42,
    causes=(
        "dying-relu",
        "saturation",
        "diverging",
        "rising-together",
        "oscillation",
        "underfitting",
        "plateau",
        "no-better-than-trivial",
    ),
)
