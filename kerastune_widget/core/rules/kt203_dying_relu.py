"""KT203 dying-relu.

What it sees: in a layer with ReLU most units give zero for every row of a fixed batch, and the run learns badly; or
    nearly all of a layer's units do.
Why it matters: a unit that is always zero has no gradient, so it never comes back; what is dead no longer learns.
When it is wrong: wide layers on sparse inputs keep many units for rare rows, and a batch of a few dozen rows may hold
    none of them; a network that learns well anyway only carries some ballast. A loss that came down to nearly nothing
    leaves nothing to learn: a note.
Source: DeepDiagnosis (ICSE 2022) and AutoTrainer (ICSE 2021) speak from 70% of outputs or gradients at zero,
    SageMaker Debugger from half of the units that are active on no more than 1% of rows; Lu et al. (2020), "Dying ReLU
    and Initialization", show how deep narrow networks are born dead. That a run which learns well is not troubled
    below 90% is our own margin.
"""

from __future__ import annotations

import numpy as np

from ..curves import ending, is_tiny, read_curves
from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..signals import DEAD_UNITS
from ..text import Text
from ._fixes import normalize_inputs, number, scale_learning_rate, use_initializer
from ._layers import affected, loss_curves
from ._outcome import outcome

MOST = 0.7
NEARLY_ALL = 0.9
ALL = 0.995  # nothing passes such a layer: what comes after it is a constant
HIGH_RATE = 1e-2
DOWN = 0.1  # of the start

_DIED = Text(en="they died while training", zh="它们是在训练中失活的")
_NOT_BORN = Text(
    en="Not the initial weights alone: before the first step only {before:.0%} were dead.",
    zh="不只是初始权重的问题：训练开始之前只有 {before:.0%} 失活。",
)
_NOT_RATE = Text(
    en="Not the learning rate: {before:.0%} were dead before the first step.",
    zh="不是学习率的问题：训练开始之前就有 {before:.0%} 失活。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a layer whose units are mostly dead."""
    found = affected(history, DEAD_UNITS, MOST)
    severity = None if found is None else _severity(history, found.share)
    if found is None or severity is None:
        return None
    return Evidence(
        found.values(grown=_DIED),
        found.span,
        loss_curves(history),
        _fix(history, born=found.born),
        0.95 if found.share >= ALL else 0.8,
        severity,
        () if np.isnan(found.before) else (_NOT_RATE if found.born else _NOT_BORN,),
        layers=found.layers,
    )


def _severity(history: History, worst: float) -> Severity | None:
    came_out = outcome(history)
    curves = read_curves(history)
    done = curves.count and is_tiny(history, curves.judged) and ending(curves.judged) < DOWN * curves.start
    if done:
        return "info" if worst >= MOST else None  # nothing is left to learn with them
    if worst >= ALL or (worst >= MOST and came_out == "failed"):
        return "problem" if came_out in ("failed", "poor") else "warning"
    if worst >= MOST and came_out == "poor":
        return "warning"
    return "info" if worst >= NEARLY_ALL else None


def _fix(history: History, *, born: bool) -> Fix | None:
    rate = number(history, "learning_rate")
    if rate is not None and (rate >= HIGH_RATE or not born):
        return scale_learning_rate(history, 0.1)
    return use_initializer(history, "he") or normalize_inputs(history) or scale_learning_rate(history, 0.1)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT203 ReLU 失活。

看到什么：在使用 ReLU 的某一层中，多数单元对固定批次的每一个样本都输出零，而且训练效果很差；
    或者该层几乎所有单元都如此。
为什么重要：始终为零的单元没有梯度，因此再也不会恢复；失活的部分不再学习。
何时会错：输入稀疏时，很宽的层会为罕见样本保留许多单元，而几十个样本的批次里可能一个也没有；
    如果网络照样学得很好，这只是一些多余的负担。
    损失已降到接近零时，没有什么还需要学习，只作提示。
来源：DeepDiagnosis（ICSE 2022）和 AutoTrainer（ICSE 2021）在 70% 的输出或梯度为零时报告，
    SageMaker Debugger 在一半单元只对不超过 1% 的样本有反应时报告；
    Lu 等（2020）的 Dying ReLU and Initialization 说明了又深又窄的网络为何一开始就已失活。
    训练效果良好时，低于 90% 不算问题，这是我们自己的界限。
""",
)

RULE = Rule(
    code="KT203",
    name="dying-relu",
    title=Text(en="Dying ReLU", zh="ReLU 失活"),
    severity="warning",
    message=Text(
        en="In layer {layer}, {share:.0%} of the ReLU units give zero for every row of a fixed batch; {when}.",
        zh="在 {layer} 层中，{share:.0%} 的 ReLU 单元对固定批次的每个样本都输出零；{when}。",
    ),
    advice=Text(
        en="Lower the learning rate, draw the weights as He et al. do, keep biases at zero and inputs around zero; "
        "LeakyReLU or batch normalisation keeps units alive.",
        zh="降低学习率，按 He 等人的方法初始化权重，偏置从零开始，输入以零为中心；"
        "LeakyReLU 或批归一化可以让单元保持活跃。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Replace ReLU by LeakyReLU and train again from the same start: if the loss now falls, dead units were it.",
        zh="把 ReLU 换成 LeakyReLU，从相同的起点再训练一次：如果损失开始下降，原因就是失活的单元。",
    ),
    rank=43,
    hides=(),
    causes=(
        "vanishing-gradients",
        "underfitting",
        "plateau",
        "no-better-than-trivial",
        "oscillation",
        "rising-together",
        "overfitting",
        "data-problem",
    ),
)
