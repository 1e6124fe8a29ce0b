"""Dropout seed: starts random layers (dropout, noise, augmentation) apart from everything else that is random."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject
from ._own_seed import own_seed


def specify(subject: Subject) -> ControlSpec:
    """Follow the run's seed, until someone wants to vary only the random layers, or all but them."""
    title = Text(en="Dropout seed", zh="dropout 种子")
    told = Text(
        en="Fixes what random layers draw: dropout, noise, augmentation; None: as the seed does.",
        zh="固定随机层（dropout、噪声、数据增强）抽取的数；None：由随机种子决定。",
    )
    return own_seed("dropout_seed", title, told, subject)


CONTROL = Control("dropout_seed", 63, specify)
