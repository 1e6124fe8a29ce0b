"""L2: a penalty on large weights (Krogh & Hertz, 1991, NIPS 4)."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..penalty import kernels
from ..tunable import TunableModel
from ._base import Control, Subject

_USUAL = 1e-4
_NO_KERNELS = Text(
    en="This model has no trainable kernels to put a penalty on.", zh="此模型没有可以施加惩罚的可训练核权重。"
)


def specify(subject: Subject) -> ControlSpec:
    """Leave the model's own regularizers in place until a strength is given."""
    example = subject.template.example
    known = example.built and bool(example.weights)  # a subclassed model may call itself built and have none yet
    return ControlSpec(
        name="l2",
        title=Text(en="L2 penalty", zh="L2 惩罚"),
        kind="log_slider",
        default=None,
        minimum=0.0,
        maximum=1.0,
        slider_range=(1e-6, 1e-1),
        effect="epoch",
        help=Text(
            en="Adds the squares of all kernels, times this, to the loss, in place of the model's own kernel "
            "regularizers.",
            zh="将所有核权重的平方和乘以此值后加入损失，取代模型自带的核正则化。",
        ),
        optional=True,
        disabled=_NO_KERNELS if known and not kernels(example) else None,
        advanced=True,
        suggested=_USUAL,
    )


def apply(tunable: TunableModel, value: float | None) -> None:
    """Put the penalty on all kernels, or give them their own regularizers back."""
    tunable.set_l2(value)


CONTROL = Control("l2", 110, specify, apply)
