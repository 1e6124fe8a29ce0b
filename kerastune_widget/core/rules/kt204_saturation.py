"""KT204 saturation.

What it sees: in a hidden layer with a bounded activation (sigmoid, tanh) most outputs lie at the ends of its range on
    a fixed batch, and the run learns badly.
Why it matters: at the ends the activation is flat, so hardly any gradient passes; the layer has become a switch.
When it is wrong: a network that has learnt its task may be sure of itself; gates of recurrent layers open and shut by
    design. A run that learns well is left alone.
Source: DeepDiagnosis (ICSE 2022) speaks from half of the units beyond the linear part, TheDeepChecker (2023) from half
    of the units with a mean saturation above 0.85, after Rakitianskaia and Engelbrecht (2015), "Measuring Saturation in
    Neural Networks"; Glorot and Bengio (2010), section 3, show how it comes about. Within 5% of the range counts as the
    end: tanh beyond 1.5, sigmoid beyond 2.9.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..signals import SATURATED
from ..text import Text
from ._fixes import normalize_inputs, number, scale_learning_rate, use_initializer
from ._layers import affected, loss_curves
from ._outcome import outcome

HALF = 0.5
NEARLY_ALL = 0.85
HIGH_RATE = 1e-2

_GREW = Text(en="they went there while training", zh="它们是在训练中走到两端的")
_NOT_RATE = Text(
    en="Not the learning rate: {before:.0%} were there before the first step.",
    zh="不是学习率的问题：训练开始之前就有 {before:.0%} 处在两端。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a layer that stands at the ends of its range."""
    found = affected(history, SATURATED, HALF)
    severity = None if found is None else _severity(history, found.share)
    if found is None or severity is None:
        return None
    return Evidence(
        found.values(grown=_GREW),
        found.span,
        loss_curves(history),
        _fix(history, born=found.born),
        0.9 if found.share >= NEARLY_ALL else 0.7,
        severity,
        (_NOT_RATE,) if found.born else (),
        layers=found.layers,
    )


def _severity(history: History, worst: float) -> Severity | None:
    came_out = outcome(history)
    if worst < HALF or came_out == "unknown":
        return None
    if came_out == "failed":
        return "problem" if worst >= NEARLY_ALL else "warning"
    if came_out == "poor":
        return "warning"
    return "info" if worst >= NEARLY_ALL else None


def _fix(history: History, *, born: bool) -> Fix | None:
    rate = number(history, "learning_rate")
    if rate is not None and rate >= HIGH_RATE and not born:
        return scale_learning_rate(history, 0.1)
    return normalize_inputs(history) or use_initializer(history, "glorot") or scale_learning_rate(history, 0.1)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT204 激活饱和。

看到什么：在使用有界激活函数（sigmoid、tanh）的某个隐藏层中，
    对固定批次的多数输出都处在取值范围的两端，而且训练效果很差。
为什么重要：激活函数在两端是平的，几乎没有梯度能通过；这一层变成了开关。
何时会错：已经学会任务的网络可能本来就很有把握；循环层的门本来就要开和关。
    训练效果良好的运行不会被打扰。
来源：DeepDiagnosis（ICSE 2022）在一半单元超出线性区时报告，
    TheDeepChecker（2023）在一半单元的平均饱和度超过 0.85 时报告，
    依据 Rakitianskaia 和 Engelbrecht（2015）的 Measuring Saturation in Neural Networks；
    Glorot 和 Bengio（2010）第 3 节说明了饱和是怎样产生的。
    距离两端不到取值范围的 5% 算处在两端：tanh 的输入超过 1.5，sigmoid 的输入超过 2.9。
""",
)

RULE = Rule(
    code="KT204",
    name="saturation",
    title=Text(en="Saturated activations", zh="激活饱和"),
    severity="warning",
    message=Text(
        en="In layer {layer}, {share:.0%} of the outputs on a fixed batch lie at the ends of the activation's range; "
        "{when}.",
        zh="在 {layer} 层中，对固定批次的输出有 {share:.0%} 处在激活函数取值范围的两端；{when}。",
    ),
    advice=Text(
        en="Scale the inputs to about zero mean and unit spread, draw the weights as Glorot and Bengio do, lower the "
        "learning rate, or use ReLU in hidden layers.",
        zh="把输入缩放到均值约为零、标准差约为一，按 Glorot 和 Bengio 的方法初始化权重，"
        "降低学习率，或在隐藏层改用 ReLU。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Divide the layer's initial weights by ten and train again: if the loss now falls, saturation was it.",
        zh="把该层的初始权重除以十，再训练一次：如果损失开始下降，原因就是饱和。",
    ),
    rank=43,
    causes=("vanishing-gradients", "underfitting", "plateau", "no-better-than-trivial", "oscillation", "data-problem"),
)
