"""KT401 input-scale.

What it sees: inputs reach the first trained layer as they are, with values tens of times larger than 1, with features
    whose spreads differ a hundredfold, or so small that they hardly count.
Why it matters: initial weights, learning rates and regularisation are made for inputs of about unit size; otherwise the
    loss starts huge, a single feature rules the steps, and units die or saturate at once.
When it is wrong: adaptive optimizers and batch normalisation behind the first layer make up for much of it; a custom
    layer may scale on its own; features may differ in spread because some hardly matter.
Source: LeCun et al. (1998), "Efficient BackProp", section 4.3: centre the inputs and give them equal variances. UMLAUT
    (CHI 2021) and DeepDiagnosis warn of anything outside -1 to 1, which standardised inputs are; 20 is far beyond
    what standardised data hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..data_profile import InputProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..text import Text
from ._data import input_words, takes_raw
from ._fixes import current, normalize_inputs
from ._outcome import Outcome, outcome

RATHER_LARGE = 10.0  # size of a feature: worth a note
LARGE = 20.0
FAR_TOO_LARGE = 60.0  # pixels from 0 to 255 have about 80 to 130
UNLIKE = 100.0  # largest spread over the least
TINY = 0.02  # greatest value of all

_LARGE = Text(
    en="Values of {where} run from {minimum:.4g} to {maximum:.4g} and reach layer {layer} as they are; about unit size "
    "is what it is made for.",
    zh="{where}的取值从 {minimum:.4g} 到 {maximum:.4g}，未经缩放就进入 {layer} 层；而该层适合大小约为 1 的输入。",
)
_UNLIKE = Text(
    en="Features of {where} differ in spread by a factor of {ratio:,.0f} (from {least:.3g} to {most:.3g}) and reach "
    "layer {layer} as they are: the large ones rule the steps.",
    zh="{where}各特征的标准差相差 {ratio:,.0f} 倍（从 {least:.3g} 到 {most:.3g}），未经缩放就进入 {layer} 层："
    "数值大的特征会主导每一步更新。",
)
_SMALL = Text(
    en="Values of {where} run from {minimum:.2g} to {maximum:.2g} only, which hardly moves layer {layer}; they may "
    "have been scaled twice.",
    zh="{where}的取值只从 {minimum:.2g} 到 {maximum:.2g}，几乎不能影响 {layer} 层；它们也许被缩放了两次。",
)
_STILL_LEARNT = Text(
    en="The run learnt in spite of it: the optimizer made up for the scale, at the cost of some epochs.",
    zh="训练仍然有效：优化器弥补了尺度的问题，代价是多花了一些轮次。",
)


@dataclass(frozen=True)
class Scale:
    """The worst that is wrong with the scale of one input."""

    entry: InputProfile
    message: Text
    strong: bool
    mild: bool = False


def check(history: History) -> Evidence | None:
    """Return evidence of inputs that nobody scaled."""
    if history.data is None or history.model is None or current(history, "normalization"):
        return None
    inputs = history.data.inputs
    for entry in inputs:
        scale = _judge(entry)
        layer = takes_raw(history.model, entry, len(inputs)) if scale else None
        if scale and layer:
            return _evidence(history, scale, layer.name)
    return None


def _judge(entry: InputProfile) -> Scale | None:
    least, most = entry.feature_spreads
    size = feature_size(entry)
    ratio = most / least if least > 0 else 1.0
    if size > RATHER_LARGE:
        unlike = ratio > UNLIKE and size > LARGE and not _are_pixels(entry)
        strong = size > FAR_TOO_LARGE or unlike
        return Scale(entry, _UNLIKE if unlike else _LARGE, strong, size <= LARGE)
    greatest = max(abs(entry.minimum), abs(entry.maximum))
    return Scale(entry, _SMALL, greatest < TINY / 10) if 0 < greatest < TINY else None


def _are_pixels(entry: InputProfile) -> bool:
    """Whether rarely set positions, not features of other units, may explain small spreads."""
    return len(entry.shape) > 1 or (entry.whole_numbers and entry.minimum == 0 and entry.maximum <= 255)


def feature_size(entry: InputProfile) -> float:
    """Return the largest mean or spread of a feature: what its values typically are."""
    return max(abs(entry.feature_means[0]), abs(entry.feature_means[1]), entry.feature_spreads[1])


def _evidence(history: History, scale: Scale, layer: str) -> Evidence:
    entry, came_out = scale.entry, outcome(history)
    least, most = entry.feature_spreads
    values = {
        "where": input_words(entry),
        "minimum": entry.minimum,
        "maximum": entry.maximum,
        "least": least,
        "most": most,
        "ratio": most / least if least > 0 else 1.0,
        "layer": layer,
    }
    return Evidence(
        values,
        fix=normalize_inputs(history),
        confidence=0.95 if scale.strong else 0.6 if scale.mild else 0.8,
        severity=_severity(scale, came_out),
        ruled_out=(_STILL_LEARNT,) if came_out == "learnt" else (),
        message=scale.message,
        layers=(layer,),
    )


def _severity(scale: Scale, came_out: Outcome) -> Severity:
    if scale.mild:
        return "warning" if came_out == "failed" else "info"
    harmed = came_out == "failed" or (came_out == "poor" and scale.strong)
    return "problem" if harmed else "warning"


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT401 输入尺度不当。

看到什么：输入未经处理就进入第一个可训练的层，其数值比 1 大几十倍，
    或各特征的标准差相差上百倍，或者小得几乎不起作用。
为什么重要：初始权重、学习率和正则化都是为大小约为 1 的输入设计的；
    否则损失一开始就极大，单个特征主导每一步更新，单元立刻失活或饱和。
何时会错：自适应优化器以及第一层之后的批归一化能弥补大部分影响；
    自定义层也许自己做了缩放；有些特征的标准差不同，也可能只是因为它们本来就不重要。
来源：LeCun 等（1998）的 Efficient BackProp 第 4.3 节：输入应以零为中心、方差相等。
    UMLAUT（CHI 2021）和 DeepDiagnosis 对 -1 到 1 之外的一切都发出警告，连标准化后的输入也不例外；
    而 20 远远超出标准化数据的取值。
""",
)

RULE = Rule(
    code="KT401",
    name="input-scale",
    title=Text(en="Inputs are not scaled", zh="输入尺度不当"),
    severity="warning",
    message=_LARGE,
    advice=Text(
        en="Scale the inputs to mean 0 and standard deviation 1 by the numbers of the training rows (a Normalization "
        "layer does it), or divide pixels by 255; do the same to validation and new rows.",
        zh="用训练样本的统计量把输入缩放到均值 0、标准差 1（Normalization 层可以做到），或把像素除以 255；"
        "对验证样本和新样本也要做同样的处理。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train again from the same start with a Normalization layer in front of {layer}: if the loss starts lower "
        "and falls faster, the scale was it.",
        zh="在 {layer} 层之前加入 Normalization 层，从相同的起点再训练一次：如果损失起点更低、下降更快，原因就是尺度。",
    ),
    rank=11,
    causes=(
        "bad-initial-loss",
        "diverging",
        "dying-relu",
        "exploding-gradients",
        "learning-rate-too-high",
        "learning-too-slow",
        "no-better-than-trivial",
        "oscillation",
        "overfitting",
        "plateau",
        "rising-together",
        "saturation",
        "underfitting",
        "vanishing-gradients",
    ),
)
