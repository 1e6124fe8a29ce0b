"""Weights seed: draws the initial weights apart from everything else that is random."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject
from ._own_seed import own_seed


def specify(subject: Subject) -> ControlSpec:
    """Follow the run's seed, until someone wants to vary only the initial weights, or all but them."""
    title = Text(en="Weights seed", zh="权重种子")
    told = Text(
        en="Fixes the initial weights where they are drawn anew; None: as the seed does.",
        zh="重新抽取初始权重时固定它们；None：由随机种子决定。",
    )
    return own_seed("weights_seed", title, told, subject)


CONTROL = Control("weights_seed", 61, specify)
