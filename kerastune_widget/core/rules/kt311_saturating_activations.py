"""KT311 saturating-activations.

What it sees: three or more hidden layers in a row with sigmoid or tanh and no normalisation between; or softmax in a
    hidden layer.
Why it matters: such activations are flat at both ends, so that each layer passes on only a part of the gradient (a
    sigmoid a quarter at best) and the first layers learn slowly or not at all. A hidden softmax lets one unit through
    and holds the others near zero.
When it is wrong: tanh with well-scaled weights trains through several layers; recurrent layers, which need bounded
    activations, are not counted, nor is softmax that weighs other values, as in attention.
Source: Glorot and Bengio (2010) measure it layer by layer; LeCun et al., "Efficient BackProp" (1998), prefer tanh to
    sigmoid for the same reason. Three layers are our own margin: (1/4) cubed leaves under 2% of a gradient.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..model_profile import LayerProfile, ModelProfile
from ..text import Text
from ._model import LINEAR_MAPS, activation_after, follower, graded, hidden_layers, receivers

FEWEST = 3  # layers
MANY = 4
VERY_MANY = 6  # for tanh
_SIGMOID = ("sigmoid", "hard_sigmoid")
_TANH = ("tanh", "softsign", "hard_tanh")
_HIDDEN_SOFTMAX = (
    Text(
        en="{layer} is a hidden layer with softmax: its units share out 1, so that most pass on next to nothing.",
        zh="{layer} 是使用 softmax 的隐藏层：各单元分摊 1，大多数几乎什么也传不出去。",
    ),
    Text(en="Use ReLU in hidden layers; softmax belongs to the output.", zh="隐藏层请用 ReLU；softmax 应放在输出层。"),
)


def check(history: History) -> Evidence | None:
    """Return evidence of hidden activations that stop gradients."""
    model = history.model
    if model is None:
        return None
    softmax = [layer.name for layer in hidden_layers(model) if _is_hidden_softmax(model, layer)]
    if softmax:
        message, advice = _HIDDEN_SOFTMAX
        grade = graded(history, "warning", failed="problem", poor="problem")
        values = {"layer": softmax[0], "count": len(softmax), "activation": "softmax"}
        return Evidence(values, severity=grade, message=message, advice=advice, layers=tuple(softmax))
    row = _longest_row(model)
    if len(row) < FEWEST:
        return None
    sigmoid = sum(activation_after(model, layer) in _SIGMOID for layer in row)
    values = {"layer": row[0].name, "count": len(row), "activation": activation_after(model, row[0])}
    severity = _severity(history, len(row), sigmoid)
    return Evidence(values, confidence=0.7, severity=severity, layers=tuple(layer.name for layer in row))


def _is_hidden_softmax(model: ModelProfile, layer: LayerProfile) -> bool:
    """Softmax that weighs other values is multiplied; one whose output a further layer takes in is a mistake."""
    at = layer
    if layer.activation != "softmax":
        after, _ = follower(model, layer)
        if after is None or after.activation != "softmax" or after.units is not None:
            return False
        at = after
    after, _ = follower(model, at)
    alone = len(receivers(model)[at.name]) == 1
    return alone and after is not None and after.kind in LINEAR_MAPS and layer.kind != "EinsumDense"


def _longest_row(model: ModelProfile) -> list[LayerProfile]:
    """Return the longest row of dense or convolution layers that all saturate, in a row without normalisation."""
    names = {layer.name: layer for layer in hidden_layers(model) if activation_after(model, layer) in _SIGMOID + _TANH}
    best: list[LayerProfile] = []
    for layer in names.values():
        row, at = [layer], _next(model, layer)
        while at is not None and at.name in names and at not in row:
            row.append(at)
            at = _next(model, at)
        best = max(best, row, key=len)
    return best


def _next(model: ModelProfile, layer: LayerProfile) -> LayerProfile | None:
    """Return the next layer with weights, beyond an activation layer; None behind normalisation."""
    after, normalised = follower(model, layer)
    if after is not None and after.units is None and not normalised:
        after, normalised = follower(model, after)
    return None if normalised else after


def _severity(history: History, count: int, sigmoid: int) -> Severity:
    if sigmoid >= MANY:
        return graded(history, "warning", failed="problem", learnt="info")
    if sigmoid >= FEWEST or count >= VERY_MANY:
        return graded(history, "info", failed="warning", poor="warning")
    return graded(history, "info", failed="warning")


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT311 易饱和的激活函数。

看到什么：连续三个以上的隐藏层都使用 sigmoid 或 tanh 这类两端饱和的激活函数，而中间没有任何归一化；
    或者把本应放在输出层的 softmax 用在了隐藏层里。
为什么重要：这类激活函数两端是平的，每一层只传回一部分梯度（sigmoid 最多四分之一），
    最前面的层因此学得很慢，甚至学不到东西。
    隐藏层的 softmax 只让一个单元通过，其余都压在零附近。
何时会错：权重尺度合适时，tanh 可以训练好几层；循环层需要有界的激活函数，不计在内；
    用来给其他数值加权的 softmax（例如注意力）也不计。
来源：Glorot 和 Bengio（2010）逐层测量过；
    LeCun 等的 Efficient BackProp（1998）出于同样的原因主张用 tanh 而不用 sigmoid。
    三层是我们自己的界限：四分之一的三次方只剩不到 2% 的梯度。
""",
)

RULE = Rule(
    code="KT311",
    name="saturating-activations",
    title=Text(en="Saturating activations", zh="易饱和的激活函数"),
    severity="warning",
    message=Text(
        en="{count} hidden layers in a row saturate ({activation} from {layer} on): little of the gradient reaches the "
        "first.",
        zh="连续 {count} 个隐藏层容易饱和（从 {layer} 起使用 {activation}）：能传到第一层的梯度很少。",
    ),
    advice=Text(
        en="Use ReLU in hidden layers, or put BatchNormalization between them.",
        zh="隐藏层请用 ReLU，或在各层之间加入 BatchNormalization。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Replace {activation} by ReLU in the hidden layers and train again: the loss should fall sooner.",
        zh="把隐藏层的 {activation} 换成 ReLU 再训练一次：损失应更早开始下降。",
    ),
    rank=24,
    causes=(
        "vanishing-gradients",
        "saturation",
        "underfitting",
        "plateau",
        "no-better-than-trivial",
        "learning-too-slow",
        "data-problem",
    ),
)
