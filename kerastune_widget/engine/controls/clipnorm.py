"""Gradient clipping: no step follows a gradient longer than this (Pascanu et al., 2013, ICML)."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..tunable import TunableModel
from ._base import Control, Subject

_USUAL = 1.0


def specify(subject: Subject) -> ControlSpec:
    """Leave clipping as the optimizer was compiled until a norm is given."""
    return ControlSpec(
        name="clipnorm",
        title=Text(en="Clip gradients", zh="梯度裁剪"),
        kind="log_slider",
        default=None,
        minimum=1e-6,
        maximum=1e6,
        slider_range=(1e-2, 1e2),
        effect="epoch",
        help=Text(
            en="The gradient of each variable is shortened to this norm when it is longer, whatever the optimizer.",
            zh="每个变量的梯度范数超过此值时按比例缩短，对任何优化器都适用。",
        ),
        optional=True,
        advanced=True,
        suggested=_USUAL,
    )


def apply(tunable: TunableModel, value: float | None) -> None:
    """Clip at this norm, or as compiled."""
    tunable.set_clipnorm(value)


CONTROL = Control("clipnorm", 120, specify, apply)
