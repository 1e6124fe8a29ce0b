"""Learning rate: how far each step moves the weights."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..tunable import TunableModel
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Start at the compiled rate; the slider spans what is ever sensible, the field takes more."""
    own = subject.template.learning_rate
    return ControlSpec(
        name="learning_rate",
        title=Text(en="Learning rate", zh="学习率"),
        kind="log_slider",
        default=own,
        minimum=1e-12,
        maximum=1e6,
        slider_range=(min(1e-6, own), max(10.0, own)),
        step=0.05,
        effect="step",
        help=Text(
            en="How far each step moves the weights. Too large: the loss jumps or explodes. Too small: it crawls.",
            zh="每一步移动权重的幅度。太大：损失跳动或爆炸；太小：下降极慢。",
        ),
    )


def apply(tunable: TunableModel, value: float) -> None:
    """Assign the rate; a schedule of the user's own is scaled so that it starts there."""
    tunable.set_learning_rate(value)


CONTROL = Control("learning_rate", 10, specify, apply)
