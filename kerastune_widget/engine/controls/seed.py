"""Seed: fixes everything random in a run."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Start at the session's seed."""
    return ControlSpec(
        name="seed",
        title=Text(en="Seed", zh="随机种子"),
        kind="integer",
        default=subject.seed,
        minimum=0,
        maximum=2**31 - 1,
        effect="run",
        help=Text(
            en="Fixes batch order and dropout, and the initial weights when they are drawn anew.",
            zh="固定批次顺序和 dropout；重新抽取初始权重时也固定它们。",
        ),
    )


CONTROL = Control("seed", 60, specify)
