"""Order seed: draws the order of the batches apart from everything else that is random."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject
from ._own_seed import own_seed


def specify(subject: Subject) -> ControlSpec:
    """Follow the run's seed, until someone wants to vary only the batch order, or all but it."""
    title = Text(en="Batch order seed", zh="批次顺序种子")
    told = Text(
        en="Fixes in which order each epoch visits the rows; None: as the seed does.",
        zh="固定每一轮访问各行的顺序；None：由随机种子决定。",
    )
    return own_seed("order_seed", title, told, subject)


CONTROL = Control("order_seed", 62, specify)
