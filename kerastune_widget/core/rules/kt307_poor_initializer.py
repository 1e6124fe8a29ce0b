"""KT307 poor-initializer.

What it sees: hidden kernels that all start from one number, or from numbers far larger or smaller than the width of
    their layer asks for.
Why it matters: units that start alike get equal gradients and stay alike, so that a wide layer is worth a single unit;
    weights too large saturate what follows or make it explode, weights too small let the signal die on its way.
When it is wrong: a last layer that starts from zero is good practice and not counted, nor is a layer with normalisation
    behind it, which takes any scale out; a shallow network forgives small weights.
Source: Glorot and Bengio (2010) and He et al. (2015): a spread of about the square root of 1 or 2 over the inputs keeps
    the signal's size from layer to layer. Factors of 10 in one layer, 100 and 1/1000 in all are our own margins.
"""

from __future__ import annotations

import math

from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..model_profile import LayerProfile, ModelProfile
from ..text import Text
from ._fixes import current, use_initializer
from ._model import activation_after, follower, graded, hidden_layers

FACTOR = 10.0  # in one layer
EXPLODING = 100.0  # over all hidden layers
VANISHING = 1e-3

_CONSTANT = ("Zeros", "Ones", "Constant")
_ALIKE = (
    Text(
        en="All {units} units of {layer} start with the same weights ({initializer}), so that they stay alike.",
        zh="{layer} 的 {units} 个单元以相同的权重开始（{initializer}），因此会一直相同。",
    ),
    Text(
        en="Leave the initializer of kernels at Keras's default; zeros are for biases.",
        zh="权重的初始化请用 Keras 的默认值；零只用于偏置。",
    ),
)


def check(history: History) -> Evidence | None:
    """Return evidence of kernels that start badly."""
    model = history.model
    if model is None or current(history, "initializer") in ("he", "glorot"):
        return None
    alike = [layer for layer in hidden_layers(model) if _starts_alike(layer) and not _is_joined_up(model, layer)]
    if alike:
        return _all_alike(history, alike)
    factors = {layer.name: (layer, factor) for layer in model.layers for factor in [_factor(history, layer)] if factor}
    return _out_of_scale(history, model, factors) if factors else None


def _all_alike(history: History, layers: list[LayerProfile]) -> Evidence:
    message, advice = _ALIKE
    return Evidence(
        {
            "layer": layers[0].name,
            "units": layers[0].units,
            "initializer": layers[0].initializer,
            "factor": 0.0,
            "spread": 0.0,
        },
        fix=_fix(history),
        confidence=0.95,
        severity=graded(history, "problem", learnt="warning"),
        message=message,
        advice=advice,
        layers=tuple(layer.name for layer in layers),
    )


def _starts_alike(layer: LayerProfile) -> bool:
    constant = layer.initializer in _CONSTANT or (layer.weight_spread == 0.0 and layer.fan_in != 1)
    return constant and layer.trainable and (layer.units or 0) > 1


def _is_joined_up(model: ModelProfile, layer: LayerProfile) -> bool:
    """Whether it opens into a sum, where a branch that starts from zero is good practice."""
    after, _ = follower(model, layer)
    return after is None and layer.initializer == "Zeros"


def _out_of_scale(
    history: History, model: ModelProfile, factors: dict[str, tuple[LayerProfile, float]]
) -> Evidence | None:
    hidden = {layer.name for layer in hidden_layers(model)}
    in_all = math.prod(factor for name, (_, factor) in factors.items() if name in hidden) if model.sequential else 1.0
    layer, worst = max(factors.values(), key=lambda pair: abs(math.log(pair[1])))
    severity = _severity(history, worst, in_all)
    if severity is None:
        return None
    names = sorted(factors, key=lambda name: -abs(math.log(factors[name][1])))
    values = {
        "layer": layer.name,
        "units": layer.units,
        "initializer": layer.initializer,
        "factor": worst,
        "spread": _spread(history, layer) or 0.0,
    }
    return Evidence(values, fix=_fix(history), confidence=0.8, severity=severity, layers=tuple(names))


def _severity(history: History, worst: float, in_all: float) -> Severity | None:
    if worst > FACTOR or in_all > EXPLODING or in_all < VANISHING:
        return graded(history, "warning", failed="problem", poor="problem", learnt="info")
    odd = worst < 1 / FACTOR or worst > FACTOR / 2 or in_all > EXPLODING / 10
    return graded(history, "info", failed="warning", poor="warning") if odd else None


def _factor(history: History, layer: LayerProfile) -> float | None:
    """Return a kernel's spread at the start over what its width asks for; None where that does not matter."""
    model, spread = history.model, _spread(history, layer)
    if model is None or not spread or not layer.fan_in or layer not in _scaled(model):
        return None
    gain = math.sqrt(2.0) if "relu" in activation_after(model, layer) else 1.0
    return spread / (gain / math.sqrt(layer.fan_in))


def _scaled(model: ModelProfile) -> list[LayerProfile]:
    last = [layer for output in model.outputs for layer in [model.layer(output.layer)] if layer is not None]
    candidates = [*hidden_layers(model), *(layer for layer in last if layer.kind == "Dense")]
    return [layer for layer in candidates if layer.trainable and not follower(model, layer)[1]]


def _spread(history: History, layer: LayerProfile) -> float | None:
    """Return the standard deviation that its initializer draws with; None for initializers that look at the width."""
    config = layer.initializer_config
    if layer.initializer in ("RandomNormal", "TruncatedNormal"):
        cut = 0.88 if layer.initializer == "TruncatedNormal" else 1.0
        return cut * float(config.get("stddev") or 0.05)
    if layer.initializer == "RandomUniform":
        return float(config.get("maxval", 0.05) - config.get("minval", -0.05)) / math.sqrt(12.0)
    if layer.initializer == "VarianceScaling" and config.get("mode", "fan_in") == "fan_in" and layer.fan_in:
        return math.sqrt(float(config.get("scale", 1.0)) / layer.fan_in)
    known = layer.initializer.startswith(("VarianceScaling", "Glorot", "He", "Lecun", "Orthogonal", "Identity"))
    return None if known or history.epoch_count else layer.weight_spread


def _fix(history: History) -> Fix | None:
    model = history.model
    rectified = any("relu" in activation_after(model, layer) for layer in hidden_layers(model)) if model else False
    return use_initializer(history, "he" if rectified else "glorot")


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT307 初始化不当。

看到什么：隐藏层的权重全部从同一个数开始，或者比该层宽度所要求的大得多或小得多。
为什么重要：起点相同的单元得到相同的梯度，会一直相同，再宽的层也只相当于一个单元；
    权重太大会让后面的层饱和或爆炸，权重太小则信号会在途中消失。
何时会错：最后一层从零开始是好的做法，不计在内；后面接归一化的层也不计，归一化会消除尺度；
    浅的网络能容忍较小的权重。
来源：Glorot 和 Bengio（2010）以及 He 等（2015）：
    标准差约为输入个数分之 1 或 2 的平方根时，信号的大小能逐层保持。
    单层相差 10 倍、所有层合计相差 100 倍和千分之一，是我们自己的界限。
""",
)

RULE = Rule(
    code="KT307",
    name="poor-initializer",
    title=Text(en="Poor initial weights", zh="初始化不当"),
    severity="warning",
    message=Text(
        en="{layer} starts with weights of spread {spread:.3g} ({initializer}): {factor:.2g} times what its width asks "
        "for.",
        zh="{layer} 的初始权重标准差为 {spread:.3g}（{initializer}）：是该层宽度所要求的 {factor:.2g} 倍。",
    ),
    advice=Text(
        en="Use he_normal before ReLU and glorot_uniform (Keras's default) elsewhere.",
        zh="ReLU 之前请用 he_normal，其他地方请用 glorot_uniform（Keras 的默认值）。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train from Keras's default initializer, all else equal: the loss should fall from the first epoch on.",
        zh="其他一切不变，换成 Keras 的默认初始化来训练：损失应从第一轮起就下降。",
    ),
    rank=22,
    causes=(
        "exploding-gradients",
        "vanishing-gradients",
        "dying-relu",
        "saturation",
        "bad-initial-loss",
        "underfitting",
        "diverging",
        "no-better-than-trivial",
        "learning-too-slow",
        "plateau",
        "oscillation",
        "data-problem",
    ),
)
