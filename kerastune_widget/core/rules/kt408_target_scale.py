"""KT408 target-scale.

What it sees: targets of a regression whose mean or spread is far from unit size, while the output layer is linear and
    the loss grows with the square or the size of the error.
Why it matters: a network starts near zero; it first has to climb to the targets' level, by steps that are too large
    for its other weights or too small to arrive.
When it is wrong: a relative loss does not mind the level; long training of a simple network gets there all the same.
Source: Bishop (1995), "Neural Networks for Pattern Recognition", section 8.2: scale inputs and targets to order unity.
    The limit of 30 leaves alone targets such as prices in thousands, with a standard deviation near 10, which train
    without trouble.
"""

from __future__ import annotations

from ..data_profile import TargetProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..model_profile import ModelProfile
from ..text import Text
from ._data import only_target, regresses
from ._outcome import outcome

LARGE = 30.0
FAR_TOO_LARGE = 200.0
SMALL = 1e-3  # spread, from which on a squared error is lost beside any penalty and within an optimizer's epsilon
SCALE_FREE = ("mean_absolute_percentage_error", "mean_squared_logarithmic_error", "poisson", "cosine_similarity")
BOUNDED = ("sigmoid", "tanh", "softmax", "hard_sigmoid", "softsign", "exponential")

_SMALL = Text(
    en="Targets have a standard deviation of only {spread:.2g}: errors of that size hardly move the weights.",
    zh="目标的标准差只有 {spread:.2g}：这么小的误差几乎不能推动权重。",
)
_STILL_LEARNT = Text(
    en="The run learnt in spite of it: the optimizer made up for the scale, at the cost of some epochs.",
    zh="训练仍然有效：优化器弥补了尺度的问题，代价是多花了一些轮次。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of targets far from unit size."""
    target = only_target(history)
    if target is None or history.model is None or not regresses(history, target) or _handled(history.model):
        return None
    size = max(abs(target.mean), target.spread)
    small = 0 < target.spread and size < SMALL
    if size <= LARGE and not small:
        return None
    came_out = outcome(history)
    return Evidence(
        {"mean": target.mean, "spread": target.spread, "size": size},
        confidence=0.6 if came_out == "learnt" else 0.9 if _is_strong(target, size) else 0.7,
        severity=_severity(target, size, came_out),
        ruled_out=(_STILL_LEARNT,) if came_out == "learnt" else (),
        message=_SMALL if small else None,
    )


def _handled(model: ModelProfile) -> bool:
    """Whether the output is brought to the targets' scale, or the loss does not depend on it."""
    if len(model.outputs) != 1 or not model.layers:
        return True
    output, last = model.outputs[0], model.layers[-1]
    scaled = last.rescales or last.normalizes or (not last.parameters and last.kind in ("Lambda", "Multiply", "Add"))
    return scaled or output.loss in SCALE_FREE or output.activation in BOUNDED


def _is_strong(target: TargetProfile, size: float) -> bool:
    return size > FAR_TOO_LARGE or size < SMALL / 10


def _severity(target: TargetProfile, size: float, came_out: str) -> Severity:
    if came_out == "learnt":
        return "info"
    harmed = came_out == "failed" or (came_out == "poor" and _is_strong(target, size))
    return "problem" if harmed else "warning"


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT408 目标尺度不当。

看到什么：回归目标的均值或标准差远离 1，而输出层是线性的，损失随误差的大小或平方增长。
为什么重要：网络的输出从零附近开始，必须先爬到目标的水平；
    这样的步子对其他权重来说太大，或者太小而走不到。
何时会错：相对误差类的损失不在乎水平；简单的网络训练得足够久也能走到。
来源：Bishop（1995）的 Neural Networks for Pattern Recognition 第 8.2 节：
    把输入和目标都缩放到 1 的量级。界限取 30，是为了放过标准差约为 10 的目标，
    例如以千为单位的价格，它们训练起来没有问题。
""",
)

RULE = Rule(
    code="KT408",
    name="target-scale",
    title=Text(en="Targets are not scaled", zh="目标尺度不当"),
    severity="warning",
    message=Text(
        en="Targets have a mean of {mean:.4g} and a standard deviation of {spread:.4g}, and the network's outputs "
        "start near zero.",
        zh="目标的均值为 {mean:.4g}，标准差为 {spread:.4g}，而网络的输出从零附近开始。",
    ),
    advice=Text(
        en="Standardise the targets by the training rows' mean and standard deviation, train on those, and turn "
        "predictions back; a target over several powers of ten takes its logarithm first.",
        zh="用训练样本的均值和标准差把目标标准化后再训练，预测时再换算回来；跨越多个数量级的目标应先取对数。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train on targets less {mean:.4g}, divided by {spread:.4g}: if the share of variance explained rises "
        "faster, the scale was it.",
        zh="把目标减去 {mean:.4g} 再除以 {spread:.4g} 后训练：如果解释的方差比例上升得更快，原因就是尺度。",
    ),
    rank=12,
    causes=(
        "bad-initial-loss",
        "diverging",
        "dying-relu",
        "exploding-gradients",
        "learning-rate-too-high",
        "learning-too-slow",
        "no-better-than-trivial",
        "oscillation",
        "plateau",
        "rising-together",
        "saturation",
        "underfitting",
    ),
)
