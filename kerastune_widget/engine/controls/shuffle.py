"""Shuffle: whether each epoch visits the rows in a new order."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..dataset import ArrayData
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """On, as in ``fit``; data that come in batches of their own keep their order."""
    own_order = None
    if not isinstance(subject.dataset.training, ArrayData):
        own_order = Text(en="A stream of batches that changes keeps its own order.", zh="变化的批次流保持自己的顺序。")
    return ControlSpec(
        name="shuffle",
        title=Text(en="Shuffle each epoch", zh="每轮打乱顺序"),
        kind="toggle",
        default=True,
        effect="epoch",
        help=own_order
        or Text(
            en="Visit the rows in a new order each epoch; the seed fixes which. Off: the order of the data.",
            zh="每轮以新的顺序访问数据，顺序由种子决定。关闭：按数据原有顺序。",
        ),
    )


CONTROL = Control("shuffle", 80, specify)
