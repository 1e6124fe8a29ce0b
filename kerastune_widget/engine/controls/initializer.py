"""Initializer: how the kernels are drawn that a run begins with (Glorot and Bengio, 2010; He et al., 2015)."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.text import Text
from ..structure_layers import drawn_layers
from ._base import Control, Subject

_NOTHING = Text(
    en="This model has no Dense or convolution layer that trains.", zh="此模型没有可训练的 Dense 层或卷积层。"
)


def specify(subject: Subject) -> ControlSpec:
    """As built; a model without kernels to draw says so."""
    return ControlSpec(
        name="initializer",
        title=Text(en="Initializer", zh="初始化方法"),
        kind="choice",
        default="as_built",
        choices=(
            Choice("as_built", Text(en="as built", zh="保持原样")),
            Choice("he", Text(en="He normal (for ReLU)", zh="He 正态（适合 ReLU）")),
            Choice("glorot", Text(en="Glorot uniform (for tanh)", zh="Glorot 均匀（适合 tanh）")),
        ),
        effect="run",
        help=Text(
            en="Draw the kernels of Dense and convolution layers anew by the seed, biases zero; output layers always "
            "by Glorot. Frozen layers keep their weights.",
            zh="按种子重新抽取 Dense 层和卷积层的核，偏置置零；输出层始终用 Glorot。冻结的层保留原有权重。",
        ),
        advanced=True,
        disabled=None if drawn_layers(subject.model) else _NOTHING,
    )


CONTROL = Control("initializer", 180, specify)
