"""Epochs: how often a run goes through the data."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject

_DEFAULT = 10


def specify(subject: Subject) -> ControlSpec:
    """Keras's own default of one epoch says nothing about a run; ten show its course."""
    return ControlSpec(
        name="epochs",
        title=Text(en="Epochs", zh="训练轮数"),
        kind="integer",
        default=_DEFAULT,
        minimum=1,
        maximum=100_000,
        effect="run",
        help=Text(en="How often a run goes through all training data.", zh="一次运行遍历全部训练数据的次数。"),
    )


CONTROL = Control("epochs", 50, specify)
