"""Optimizer: the rule that turns gradients into steps."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..tunable import TunableModel
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Offer every optimizer of the installed Keras, starting at the user's own with all its settings."""
    return ControlSpec(
        name="optimizer",
        title=Text(en="Optimizer", zh="优化器"),
        kind="choice",
        default=subject.shelf.own.name,
        choices=subject.shelf.choices(),
        effect="epoch",
        help=Text(
            en="The rule that turns gradients into steps. A change in mid-run starts with fresh optimizer state.",
            zh="把梯度变成更新步的规则。训练中途更换时，优化器状态重新开始。",
        ),
    )


def apply(tunable: TunableModel, value: str) -> None:
    """Use it from now on, its state fresh."""
    tunable.use_optimizer(value)


CONTROL = Control("optimizer", 30, specify, apply)
