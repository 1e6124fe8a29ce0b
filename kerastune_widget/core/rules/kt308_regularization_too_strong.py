"""KT308 regularization-too-strong.

What it sees: an L1 or L2 penalty on the weights that is far beyond the usual strength.
Why it matters: the optimizer then shrinks the weights rather than fit the data, and the loss shown is mostly penalty.
When it is wrong: very small networks on very noisy data can want a strong penalty; a run that learns all the same is
    only given a note.
Source: published networks use an L2 of 1e-4 to 5e-4 since AlexNet (2012), Keras's own default is 0.01 for both; beyond
    ten times that default for L2, and beyond the default for L1 (whose pull does not shrink with the weight), we speak.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..text import Text
from ._fixes import L2_START, current, set_control
from ._model import graded
from ._outcome import outcome

STRONG_L2 = 0.1
STRONG_L1 = 0.01
EXTREME = 10.0  # times that
WEAKER = 0.2  # times that: strong enough to blame when the run does not learn
_FURTHER = Text(en="Training loss should fall further.", zh="训练损失应降得更低。")
_EVERYWHERE = Text(en="all kernels", zh="所有核权重")


def check(history: History) -> Evidence | None:
    """Return evidence of a penalty that leaves little room to learn."""
    penalties = _penalties(history)
    strengths = {name: max(l1 / STRONG_L1, l2 / STRONG_L2) for name, (l1, l2) in penalties.items()}
    worst = max(strengths, key=lambda name: strengths[name], default=None)
    severity = None if worst is None else _severity(history, strengths[worst])
    if worst is None or severity is None:
        return None
    l1, l2 = penalties[worst]
    layers = tuple(name for name in strengths if name and strengths[name] >= WEAKER)
    return Evidence(
        {"l1": l1, "l2": l2, "layer": worst or _EVERYWHERE},
        series=tuple(name for name in ("loss",) if name in history.epochs),
        fix=_fix(history),
        confidence=0.8 if strengths[worst] > 1 else 0.6,
        severity=severity,
        layers=layers,
    )


def _penalties(history: History) -> dict[str, tuple[float, float]]:
    """Return L1 and L2 by layer; the control takes the place of them all, and goes by no layer's name."""
    control = current(history, "l2")
    if isinstance(control, int | float) and not isinstance(control, bool):
        return {"": (0.0, float(control))}
    layers = history.model.layers if history.model is not None else ()
    return {layer.name: (layer.l1, layer.l2) for layer in layers if layer.trainable}


def _severity(history: History, strength: float) -> Severity | None:
    if strength >= EXTREME:
        return graded(history, "warning", failed="problem", poor="problem", learnt="info")
    if strength > 1:
        return graded(history, "warning", failed="problem", learnt="info")
    failed = outcome(history) == "failed"
    return "warning" if failed and strength >= WEAKER else None


def _fix(history: History) -> Fix | None:
    label = Text(en=f"L2 → {L2_START:g}", zh=f"L2 → {L2_START:g}")
    return set_control(history, "l2", L2_START, label, _FURTHER)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT308 正则化过强。

看到什么：权重上的 L1 或 L2 惩罚远远超过通常的强度。
为什么重要：优化器于是忙着缩小权重而不是拟合数据，显示的损失大部分是惩罚项。
何时会错：很小的网络配上噪声很大的数据，可能需要很强的惩罚；如果训练照样有效果，这里只作提示。
来源：自 AlexNet（2012）以来，已发表的网络使用的 L2 为 1e-4 到 5e-4，
    Keras 自身的默认值两者都是 0.01；
    L2 超过该默认值十倍，或 L1 超过该默认值（它的拉力不随权重变小而减弱）时，我们就报告。
""",
)

RULE = Rule(
    code="KT308",
    name="regularization-too-strong",
    title=Text(en="Regularisation too strong", zh="正则化过强"),
    severity="warning",
    message=Text(
        en="The penalty on {layer} (L1 {l1:g}, L2 {l2:g}) is far beyond the usual 1e-4 to 1e-2.",
        zh="{layer} 上的惩罚（L1 为 {l1:g}，L2 为 {l2:g}）远远超过通常的 1e-4 到 1e-2。",
    ),
    advice=Text(en="Start from an L2 of 1e-4 and no L1.", zh="从 L2 为 1e-4、不用 L1 开始。"),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train without the penalty, all else equal, and compare accuracy or error: the losses cannot be compared.",
        zh="其他一切不变，去掉惩罚来训练，再比较准确率或误差：两者的损失不能互相比较。",
    ),
    rank=25,
    causes=(
        "vanishing-gradients",
        "underfitting",
        "plateau",
        "no-better-than-trivial",
        "metric-disagrees",
        "validation-better",
        "bad-initial-loss",
        "data-problem",
        "dying-relu",
    ),
)
