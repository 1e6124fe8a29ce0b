"""KT310 too-little-capacity.

What it sees: a hidden layer so narrow that the classes can hardly be told apart behind it, or hidden layers of a few
    units in all, or none, in a run that learns little.
Why it matters: what does not pass through the narrowest layer is lost to all that follows; no setting makes up for it.
When it is wrong: easy data can pass through a single unit; the narrow middle of an autoencoder is meant to be narrow
    and is left out. Without curves, or where the run learns, it is a note at most.
Source: n units that are on or off tell two to the power of n classes apart, so that fewer than the binary logarithm of
    the classes are few; TheDeepChecker and CS231n first let a model learn a few rows by heart, which a model that is
    too small cannot.
"""

from __future__ import annotations

import math

import numpy as np

from ..diagnosis import Evidence, Rule
from ..history import History
from ..model_profile import LayerProfile, ModelProfile
from ..text import Text
from ._model import activation_after, graded, heads, hidden_layers
from ._outcome import accuracy_gained, outcome

FEW_UNITS = 3  # hidden units in all
GOOD = 0.9  # of the way from guessing to no error at all
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_FEW = (
    Text(
        en="All hidden layers together have {units} units, and the run learns little.",
        zh="所有隐藏层总共只有 {units} 个单元，而训练效果很差。",
    ),
    Text(en="Give the first hidden layer 16 to 64 units.", zh="让第一个隐藏层有 16 到 64 个单元。"),
)
_NONE = (
    Text(
        en="The model has no hidden layer: it can only weigh and add its inputs, and the run learns little.",
        zh="模型没有隐藏层：它只能对输入加权求和，而训练效果很差。",
    ),
    Text(en="Add a hidden layer of 16 to 64 units with ReLU.", zh="请加入一个有 16 到 64 个单元、使用 ReLU 的隐藏层。"),
)


def check(history: History) -> Evidence | None:
    """Return evidence of a model that is too small for what it is to learn."""
    model = history.model
    if model is None or not model.sequential or len(model.outputs) != 1 or _is_good(history):
        return None
    classes = heads(history)[0].classes
    hidden = [layer for layer in hidden_layers(model) if layer.kind == "Dense"]
    narrow = _narrowest(hidden, classes) or _narrowest_of_all(model, classes)
    if narrow is not None:
        values = {"layer": narrow.name, "units": narrow.units, "classes": classes}
        severity = graded(history, "info", failed="problem", poor="warning")
        return Evidence(values, confidence=0.8, severity=severity, layers=(narrow.name,))
    return None if outcome(history) == "learnt" else _small(history, model, hidden)


def _is_good(history: History) -> bool:
    """Whether the run learns, and well enough: half the errors of guessing are no proof of enough capacity."""
    gained = accuracy_gained(history)
    return outcome(history) == "learnt" and (np.isnan(gained) or gained >= GOOD)


def _narrowest(hidden: list[LayerProfile], classes: int) -> LayerProfile | None:
    known = [layer for layer in hidden if layer.units]
    narrowest = min(known, key=lambda layer: layer.units or 0, default=None)
    if narrowest is None or classes < 3:
        return None
    units = narrowest.units or 0
    return narrowest if units < classes - 1 and units <= math.log2(classes) else None


def _narrowest_of_all(model: ModelProfile, classes: int) -> LayerProfile | None:
    """A recurrent layer, or the narrowest of convolutions that are all so narrow."""
    recurrent = [layer for layer in model.layers if layer.kind in RECURRENT]
    convolutions = [layer for layer in hidden_layers(model) if layer.kind.startswith("Conv")]
    found = _narrowest(recurrent, classes)
    if found is None and convolutions and all(_narrowest([layer], classes) for layer in convolutions):
        found = _narrowest(convolutions, classes)
    return found


def _small(history: History, model: ModelProfile, hidden: list[LayerProfile]) -> Evidence | None:
    """Only plain networks of dense layers can be judged by their count of units."""
    others = [layer for layer in model.layers if layer.units is not None and layer.kind != "Dense"]
    units = sum(layer.units or 0 for layer in hidden)
    if others or units > FEW_UNITS or outcome(history) not in ("failed", "poor") or not _is_final(history):
        return None
    if any(activation_after(model, layer) == "linear" for layer in hidden) or (heads(history)[0].units or 9) > 2:
        return None
    message, advice = _FEW if hidden else _NONE
    return Evidence(
        {"layer": hidden[0].name if hidden else "", "units": units, "classes": heads(history)[0].classes},
        confidence=0.6,
        severity="warning" if hidden else "info",
        message=message,
        advice=advice,
        layers=tuple(layer.name for layer in hidden),
    )


def _is_final(history: History) -> bool:
    return history.status not in ("running", "paused")


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT310 容量太小。

看到什么：某个隐藏层窄得几乎无法区分后面的各个类别；
    或者训练效果很差，而隐藏层总共只有几个单元，甚至没有隐藏层。
为什么重要：通不过最窄一层的信息，后面的层就再也得不到；任何设置都弥补不了。
何时会错：简单的数据通过一个单元也够用；自编码器中间的窄层本来就该窄，不计在内。
    没有曲线，或者训练有效果时，最多只作提示。
来源：n 个或开或关的单元能区分 2 的 n 次方个类别，所以少于类别数以 2 为底的对数就算少；
    TheDeepChecker 和 CS231n 先让模型记住少量样本，太小的模型做不到这一点。
""",
)

RULE = Rule(
    code="KT310",
    name="too-little-capacity",
    title=Text(en="Too little capacity", zh="容量太小"),
    severity="info",
    message=Text(
        en="{layer} passes on {units} numbers only, from which {classes} classes are to be told apart.",
        zh="{layer} 只传出 {units} 个数，却要靠它们区分 {classes} 个类别。",
    ),
    advice=Text(en="Give each hidden layer more units than there are classes.", zh="让每个隐藏层的单元数多于类别数。"),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Let the model learn 20 rows by heart, then one with wider layers: if only that one can, it was too small.",
        zh="让模型记住 20 个样本，再换更宽的层试一次：如果只有更宽的能记住，原来的模型就是太小。",
    ),
    rank=27,
    causes=("underfitting", "no-better-than-trivial", "plateau", "data-problem"),
)
