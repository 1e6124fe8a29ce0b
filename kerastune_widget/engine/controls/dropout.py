"""Dropout: the share of units silenced at each training step (Srivastava et al., 2014, JMLR 15)."""

from __future__ import annotations

from typing import Any

from ...core.control import ControlSpec
from ...core.text import Text
from ..tunable import TunableModel
from ._base import Control, Subject

_HIGHEST = 0.95  # GaussianDropout's deviation has no end at 1
_HELP = Text(
    en="Share of units silenced at random while training, so that the network cannot memorise. 0.2 to 0.5 is usual.",
    zh="训练时随机关闭的单元比例，防止网络死记硬背。常用 0.2 到 0.5。",
)
_INSERT_HELP = Text(
    en="This model has no dropout. Tick to put it after each hidden layer of the copy that trains.",
    zh="此模型没有 dropout。勾选后，会在训练副本的每个隐藏层之后加入。",
)
_NOWHERE = Text(
    en="This model has no dropout and no hidden layer to put it after.", zh="此模型没有 dropout，也没有可加入的隐藏层。"
)


def specify(subject: Subject) -> ControlSpec:
    """Start at the model's own rates; a model that has none is offered dropout after its hidden layers."""
    own = subject.template.dropout_rates
    insertable = subject.template.can_insert_dropout
    rates = set(own.values())
    return ControlSpec(
        name="dropout",
        title=Text(en="Dropout", zh="Dropout"),
        kind="slider",
        default=None if not own else rates.pop() if len(rates) == 1 else dict(own),
        minimum=0.0,
        maximum=_HIGHEST,
        step=0.05,
        effect="step" if own else "run",
        help=_HELP if own else _INSERT_HELP,
        parts=tuple(own),
        part_defaults=tuple(own.values()),
        optional=not own,
        disabled=None if own or insertable else _NOWHERE,
    )


def apply(tunable: TunableModel, value: Any) -> None:
    """Set all rates, or those of the named layers."""
    tunable.set_dropout(value)


CONTROL = Control("dropout", 40, specify, apply)
