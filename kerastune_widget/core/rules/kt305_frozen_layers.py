"""KT305 frozen-layers.

What it sees: nothing in the model is trainable; or layers are frozen whose weights are still as the initializer drew
    them.
Why it matters: frozen layers never learn; that is right for weights that were trained elsewhere, and wrong for random
    ones.
When it is wrong: random features on purpose (reservoirs, random projections, a fixed teacher) look the same; weights
    that were drawn by hand, or with an initializer without sharp borders, are not recognised as random.
Source: the Keras guide on transfer learning (freeze what is pretrained, train what is new). That random weights are
    known by the sharp border of the distribution they are drawn from is our own: Keras draws Glorot's and He's uniform
    weights up to 1.73 standard deviations and cuts normal ones at 2.27; training leaves tails.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Rule
from ..history import History
from ..model_profile import ModelProfile
from ..text import Text
from ._model import graded

_RANDOM = (
    Text(
        en="{count} layers are frozen with weights that were never trained, {layer} among them: {share:.0%} of all "
        "weights stay random.",
        zh="有 {count} 个层被冻结，而权重从未训练过，{layer} 便是其一：全部权重中有 {share:.0%} 一直是随机的。",
    ),
    Text(
        en="Set trainable = True for them and compile again, or load pretrained weights into them.",
        zh="把它们设为 trainable = True 并重新编译，或为它们加载预训练权重。",
    ),
)


def check(history: History) -> Evidence | None:
    """Return evidence of layers that should learn and cannot."""
    model = history.model
    if model is None or not model.parameters:
        return None
    if not model.trainable_parameters:
        layers = tuple(layer.name for layer in model.layers if layer.parameters)
        return Evidence({"count": len(layers), "layer": layers[0] if layers else "?", "share": 1.0}, layers=layers)
    layers = _random(model)
    if not layers:
        return None
    frozen = sum(layer.parameters for layer in model.layers if layer.name in layers)
    message, advice = _RANDOM
    return Evidence(
        {"count": len(layers), "layer": layers[0], "share": frozen / model.parameters},
        confidence=0.8,
        severity=graded(history, "warning", failed="problem", learnt="info"),
        message=message,
        advice=advice,
        layers=layers,
    )


def _random(model: ModelProfile) -> tuple[str, ...]:
    return tuple(layer.name for layer in model.layers if not layer.trainable and layer.untrained)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT305 层被冻结。

看到什么：模型里没有任何可训练的权重；或者被冻结的层，其权重仍是初始化时随机抽取的样子。
为什么重要：被冻结的层永远不会学习；权重若在别处训练过，这样做是对的，若是随机的，就错了。
何时会错：有意使用随机特征（储备池、随机投影、固定的教师网络）时看起来一样；
    手工抽取的权重，或初始化分布没有明确边界的权重，则认不出是随机的。
来源：Keras 的迁移学习指南（冻结预训练的部分，训练新的部分）。
    用分布的明确边界来识别随机权重是我们自己的做法：
    Keras 按 Glorot 或 He 的均匀分布抽取的权重不超过 1.73 个标准差，
    正态分布的权重在 2.27 个标准差处截断；训练会留下尾部。
""",
)

RULE = Rule(
    code="KT305",
    name="frozen-layers",
    title=Text(en="Frozen layers", zh="层被冻结"),
    severity="problem",
    message=Text(
        en="Nothing in the model is trainable: all {count} layers with weights are frozen.",
        zh="模型里没有任何可训练的权重：全部 {count} 个带权重的层都被冻结。",
    ),
    advice=Text(
        en="Set trainable = True for what should learn, then compile again.",
        zh="把需要学习的部分设为 trainable = True，然后重新编译。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Unfreeze {layer}, compile and train from the same start: if the loss falls further, that was it.",
        zh="解冻 {layer}，重新编译，从相同的起点训练几轮：如果损失降得更低，原因就在这里。",
    ),
    rank=21,
    causes=(
        "underfitting",
        "plateau",
        "no-better-than-trivial",
        "learning-too-slow",
        "data-problem",
        "vanishing-gradients",
    ),
)
