"""KT306 missing-activation.

What it sees: hidden layers without activation, one behind the other or right before the output.
Why it matters: without an activation between them, layers in a row do no more than one linear layer could; however
    many there are, the model cannot bend.
When it is wrong: a narrow linear layer between wide ones is a deliberate bottleneck and is not counted; a linear
    autoencoder, or a linear baseline, is linear on purpose. Models that are subclassed are not judged: their
    activations may stand in call.
Source: any textbook (Goodfellow et al., "Deep Learning", 6.1: a network of linear layers is linear); Humbatova et al.
    (ICSE 2020) list the missing activation among real faults, and DeepCrime (ISSTA 2021) takes activations out.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..model_profile import LayerProfile, ModelProfile
from ..text import Text
from ._model import LINEAR_MAPS, follower, graded, hidden_layers, is_neutral

FEW = 4  # one in more hidden layers than that is a design, and matters little


def check(history: History) -> Evidence | None:
    """Return evidence of hidden layers that do nothing by themselves."""
    model = history.model
    if model is None or _is_opaque(model):
        return None
    hidden = hidden_layers(model)
    bare = [layer for layer in hidden if _is_bare(model, layer)]
    if len(bare) < len(hidden) or len(hidden) == 1:
        bare = [layer for layer in bare if not _is_bottleneck(model, layer)]
    if not bare or FEW * len(bare) < len(hidden):
        return None
    values = {"count": len(bare), "hidden": len(hidden), "layer": bare[0].name}
    names = tuple(layer.name for layer in bare)
    return Evidence(values, confidence=0.85, severity=_severity(history, model, len(bare), len(hidden)), layers=names)


def _is_opaque(model: ModelProfile) -> bool:
    """Return whether nobody can say what is behind what."""
    return all(layer.sources is None for layer in model.layers)


def _is_bare(model: ModelProfile, layer: LayerProfile) -> bool:
    after, _ = follower(model, layer)
    if layer.activation != "linear" or after is None or after.kind not in LINEAR_MAPS or not layer.trainable:
        return False
    return not layer.kind.startswith("Depthwise")  # with the next layer it makes one separable convolution


def _is_bottleneck(model: ModelProfile, layer: LayerProfile) -> bool:
    """Whether it is narrower than what comes before and after it."""
    after, before = follower(model, layer)[0], _width_before(model, layer)
    return after is not None and layer.units is not None and layer.units < min(before, after.units or 0)


def _width_before(model: ModelProfile, layer: LayerProfile) -> int:
    """Return the width of what it receives: for a convolution the channels, 0 when these are unknown."""
    if layer.kind in ("Dense", "EinsumDense"):
        return layer.fan_in or 0
    at: LayerProfile | None = layer
    while at is not None and at.sources and len(at.sources) == 1:
        at = model.layer(at.sources[0])
        if at is not None and at.units is not None:
            return at.units
    return 0


def _severity(history: History, model: ModelProfile, bare: int, hidden: int) -> Severity:
    if bare == hidden and not _bends(model):
        return graded(history, "warning", failed="problem", poor="problem")
    if 2 * bare >= hidden and hidden >= 2:
        return "warning" if bare == hidden else graded(history, "warning", learnt="info")
    return graded(history, "info", failed="warning", poor="warning")


def _bends(model: ModelProfile) -> bool:
    """Whether anything but the outputs' own activation is not linear."""
    last = {output.layer for output in model.outputs}
    inner = [layer for layer in model.layers if layer.name not in last and layer.units is not None]
    plain = all(layer.activation == "linear" and layer.kind in LINEAR_MAPS for layer in inner)
    others = [layer for layer in model.layers if layer.units is None and ("Max" in layer.kind or not is_neutral(layer))]
    behind = [layer for layer in others if not _is_behind_output(model, layer)]
    return not plain or bool(behind)


def _is_behind_output(model: ModelProfile, layer: LayerProfile) -> bool:
    return any(output.layer in (layer.sources or ()) for output in model.outputs)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT306 缺少激活函数。

看到什么：没有激活函数的隐藏层一个接一个，或者直接接着输出层。
为什么重要：中间没有激活函数，连续几层能做的并不比一个线性层更多；
    无论有多少层，模型都无法弯曲。
何时会错：宽层之间的窄线性层是有意的瓶颈，不计在内；线性自编码器或线性基线本来就该是线性的。
    子类化的模型不作判断：它们的激活函数可能写在 call 里。
来源：任何一本教科书（Goodfellow 等的 Deep Learning，6.1 节：由线性层组成的网络是线性的）；
    Humbatova 等（ICSE 2020）把缺少激活函数列为真实错误之一，
    DeepCrime（ISSTA 2021）用去掉激活函数来制造错误。
""",
)

RULE = Rule(
    code="KT306",
    name="missing-activation",
    title=Text(en="Missing activation", zh="缺少激活函数"),
    severity="warning",
    message=Text(
        en="{count} of {hidden} hidden layers have no activation before the next layer, {layer} first: such layers in "
        "a row can do no more than one.",
        zh="{hidden} 个隐藏层中有 {count} 个与下一层之间没有激活函数，第一个是 {layer}："
        "这样连续的几层并不比一层能做得更多。",
    ),
    advice=Text(en='Give them activation="relu".', zh='给它们加上 activation="relu"。'),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Add ReLU to {layer} and train again from the same start: training loss should fall further.",
        zh="给 {layer} 加上 ReLU，从相同的起点再训练一次：训练损失应降得更低。",
    ),
    rank=23,
    causes=("underfitting", "no-better-than-trivial", "plateau", "data-problem"),
)
