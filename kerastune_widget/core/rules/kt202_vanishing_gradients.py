"""KT202 vanishing-gradients.

What it sees: on a fixed batch the gradient of the first layers is a tiny part of that of the last ones while there is
    much left to learn.
Why it matters: the first layers hardly move, so all that follows works on features that were drawn by chance.
When it is wrong: optimizers that scale each step (Adam) move weights with tiny gradients too; so it is a note only
    where a run learns well. Frozen layers have no gradient by design and are left out.
Source: Hochreiter (1991) and Bengio et al. (1994) for the effect; AutoTrainer (ICSE 2021) takes a ratio of first to
    last layer below 1e-3. One hundredth is where a stack of sigmoids begins to lag (each passes a quarter at most, so
    four of them 0.4%), and it counts with a run that learns badly only.
"""

from __future__ import annotations

import numpy as np

from ..curves import ending, read_curves
from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..signals import DEAD_UNITS, GRADIENT_NORM
from ..spelling import name_of
from ..text import Text
from ._fixes import use_initializer, use_optimizer
from ._layers import Numbers, by_layer, lately, loss_curves
from ._outcome import outcome

RATIO = 1e-3  # first layer over last
LAGGING = 1e-2
FEWEST_LAYERS = 3
TINY = 1e-7  # DeepDiagnosis and SageMaker Debugger: such a gradient moves nothing
DEAD = 0.7  # then no gradient passes for another reason

_NOT_DEAD = Text(
    en="Not dead ReLU units: at most {dead:.0%} of a layer give zero for the whole batch.",
    zh="不是 ReLU 失活：各层中对整个批次都输出零的单元最多占 {dead:.0%}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a gradient that hardly reaches the first layers."""
    norms = by_layer(history, GRADIENT_NORM)
    dead = max((lately(values) for values in by_layer(history, DEAD_UNITS).values()), default=0.0)
    if len(norms) < FEWEST_LAYERS or dead >= DEAD:
        return None
    names = list(norms)
    first, last = _while_learning(history, norms[names[0]], norms[names[-1]])
    ratios = first / np.where(last > 0, last, np.nan)
    if np.isnan(ratios).all():
        return None
    least = np.nanmedian(ratios)
    severity = _severity(history, float(least), float(np.nanmedian(first)))
    if severity is None:
        return None
    values = {"first": names[0], "last": names[-1], "ratio": float(least), "dead": dead}
    relu = any(by_layer(history, DEAD_UNITS))
    return Evidence(
        values,
        None,
        loss_curves(history),
        _fix(history),
        0.9 if least < RATIO else 0.7,
        severity,
        (_NOT_DEAD,) if relu else (),
        layers=tuple(names[:2]),
    )


def _while_learning(history: History, first: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """Leave out what was measured once most had been learnt: then all gradients are small."""
    curves = read_curves(history)
    count = min(len(first), len(last))
    upto = count
    if curves.count:
        much_left = curves.train > ending(curves.train) + 0.3 * max(curves.start - ending(curves.train), 0.0)
        upto = int(np.flatnonzero(much_left)[-1]) + 2 if much_left.any() else count
    early = ~np.isnan(first[:upto]) & ~np.isnan(last[:upto])
    upto = upto if early.any() else count
    return first[:upto], last[:upto]


def _severity(history: History, ratio: float, first: float) -> Severity | None:
    came_out, gone = outcome(history), ratio < RATIO or (first < TINY and ratio < LAGGING)
    if came_out in ("unknown", "learnt"):
        return "info" if ratio < RATIO and came_out == "learnt" else None
    if not gone and ratio >= LAGGING:
        return None
    return "problem" if gone and came_out == "failed" else "warning"


def _fix(history: History) -> Fix | None:
    if str(name_of(history.hyperparameters.get("optimizer", ""))).lower() == "sgd":
        return use_optimizer(history, "adam", "Adam")
    return use_initializer(history, "glorot")


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT202 梯度消失。

看到什么：在固定批次上，还有很多没有学到的时候，前几层的梯度只有后几层的极小一部分。
为什么重要：前几层几乎不动，后面的一切都建立在随机抽取的特征之上。
何时会错：会自行缩放步长的优化器（Adam）也能推动梯度极小的权重，因此训练效果良好时只作提示；
    被冻结的层本来就没有梯度，不计在内。
来源：这一现象由 Hochreiter（1991）和 Bengio 等（1994）提出；
    AutoTrainer（ICSE 2021）以首层与末层之比低于 1e-3 为界。
    百分之一是一叠 sigmoid 开始滞后的地方（每层最多通过四分之一，四层只剩 0.4%），只对训练效果差的运行有效。
""",
)

RULE = Rule(
    code="KT202",
    name="vanishing-gradients",
    title=Text(en="Vanishing gradients", zh="梯度消失"),
    severity="warning",
    message=Text(
        en="On a fixed batch the gradient of layer {first} is only {ratio:.1e} of that of layer {last}: hardly "
        "anything reaches it.",
        zh="在固定批次上，{first} 层的梯度只有 {last} 层的 {ratio:.1e}，几乎传不到那里。",
    ),
    advice=Text(
        en="Use ReLU in hidden layers with the initial weights of He et al., add batch normalisation or shortcuts, or "
        "take fewer layers.",
        zh="在隐藏层改用 ReLU，并按 He 等人的方法初始化权重，加入批归一化或跳跃连接，或减少层数。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Use ReLU in the hidden layers and train again: if the loss now falls, vanishing gradients were it.",
        zh="把隐藏层的激活函数换成 ReLU，再训练一次：如果损失开始下降，原因就是梯度消失。",
    ),
    rank=44,
    causes=("underfitting", "plateau", "no-better-than-trivial", "data-problem"),
)
