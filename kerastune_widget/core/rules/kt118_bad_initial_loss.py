"""KT118 bad-initial-loss.

What it sees: before anything was learnt, the loss is far above that of a model that knows nothing: above twice the
    logarithm of the number of classes, or ten times the mean squared error of always answering the mean.
Why it matters: the first epochs go into undoing it; weights that are too large, unscaled inputs or targets far from
    zero are behind it, and may cost more than those epochs.
When it is wrong: a model that was trained before on other data begins wherever it ended; sums of several losses, or
    large weight penalties, have no such yardstick.
Source: Karpathy, "A Recipe for Training Neural Networks" (verify the loss at init: -log(1/C)); TheDeepChecker (2023)
    takes a deviation of once that value as wrong. For regression the factor 10, targets three standard deviations
    from zero, is our own.
"""

from __future__ import annotations

import numpy as np

from ..curves import read_curves
from ..diagnosis import Evidence, Fix, Rule
from ..history import History
from ..signals import INFERENCE_LOSS
from ..task import Task, measure_of, read_task
from ..text import Text
from ._fixes import normalize_inputs, use_initializer
from ._layers import at_start, of_model
from ._outcome import outcome

ENTROPY = 2.0  # times -log(1/C)
REGRESSION = 10.0  # times the trivial loss
GROSS = 5.0  # times that again
LARGE_INPUTS = 10.0  # standard deviations of a scaled input reach that far in no data set

_INPUTS = Text(
    en="Scale the inputs: their values reach {largest:.4g}, which makes the first outputs as large.",
    zh="请缩放输入：它们的值达到 {largest:.4g}，使最初的输出也同样巨大。",
)
_TARGETS = Text(
    en="Standardise the targets, or start the output layer's bias at their mean: untrained models answer about 0.",
    zh="请将目标标准化，或把输出层的偏置初始化为目标的均值：未经训练的模型只会回答 0 左右的值。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a first loss far from that of knowing nothing."""
    task, first = read_task(history), _first(history)
    expected, times = _expected(task)
    if not (np.isfinite(first) and expected > 0) or task.penalized or first < times * expected:
        return None
    largest = _largest_input(history)
    advice = _INPUTS if largest > LARGE_INPUTS else _TARGETS if task.classes is None else None
    return Evidence(
        {"first": first, "expected": expected, "times": first / expected, "largest": largest},
        (0, 0) if history.epoch_count else None,
        ("loss",) if "loss" in history.epochs else (),
        _fix(history, largest, task),
        0.9,
        "warning" if first > GROSS * times * expected and outcome(history) != "learnt" else "info",
        advice=advice,
    )


def _first(history: History) -> float:
    """What the probe measured before the first step; else the loss of the first rows."""
    probed = at_start(of_model(history, INFERENCE_LOSS))
    return probed if np.isfinite(probed) else read_curves(history).initial


def _expected(task: Task) -> tuple[float, float]:
    """Return the loss of equal chances for all classes, or of the targets' mean; and from how many times it is bad."""
    if measure_of(task.loss, task.classes) == "cross_entropy":
        return float(np.log(task.classes or 2)), ENTROPY
    squared = measure_of(task.loss, task.classes) == "mean_squared_error"
    return task.trivial_loss, REGRESSION if squared else np.sqrt(REGRESSION)


def _largest_input(history: History) -> float:
    inputs = history.data.inputs if history.data is not None else ()
    model = history.model
    scaled = model is not None and any(layer.rescales or layer.kind == "Embedding" for layer in model.layers)
    return 0.0 if scaled else max((max(abs(one.minimum), abs(one.maximum)) for one in inputs), default=0.0)


def _fix(history: History, largest: float, task: Task) -> Fix | None:
    if largest > LARGE_INPUTS and normalize_inputs(history):
        return normalize_inputs(history)
    return use_initializer(history, "glorot") if task.classes else None


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT118 初始损失过高。

看到什么：在学到任何东西之前，损失就远高于一无所知的模型，
    即高于类别数对数的两倍，或高于一律回答均值时均方误差的十倍。
为什么重要：最初几轮都耗费在纠正它上；
    背后往往是过大的权重、未缩放的输入或远离零的目标，代价可能还不止这几轮。
何时会错：曾在别的数据上训练过的模型会从它上次结束的地方开始；
    几个损失之和或很大的权重惩罚没有这样的参照值。
来源：Karpathy 的 A Recipe for Training Neural Networks（检查初始损失是否为 -log(1/C)）；
    TheDeepChecker（2023）把偏离一倍视为错误。
    回归所用的 10 倍（目标离零有三个标准差）是我们自己的界限。
""",
)

RULE = Rule(
    code="KT118",
    name="bad-initial-loss",
    title=Text(en="Bad initial loss", zh="初始损失过高"),
    severity="info",
    message=Text(
        en="Before learning, the loss is {first:.4g}, {times:.3g} times the {expected:.4g} of a model that knows "
        "nothing.",
        zh="学习之前的损失为 {first:.4g}，是一无所知的模型（{expected:.4g}）的 {times:.3g} 倍。",
    ),
    advice=Text(
        en="Start with smaller weights (Glorot or He), scale the inputs, and check that the loss gets what the output "
        "layer gives: probabilities or logits.",
        zh="使用更小的初始权重（Glorot 或 He），缩放输入，并检查损失所需的与输出层给出的是否一致：概率还是 logits。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Evaluate the untrained model with scaled inputs: a loss that drops to about {expected:.4g} shows that the "
        "scale was the reason, one that stays points to the weights.",
        zh="用缩放后的输入评估未经训练的模型：损失若降到 {expected:.4g} 左右，原因就是尺度；若不变，问题就在初始权重。",
    ),
    rank=54,
)
