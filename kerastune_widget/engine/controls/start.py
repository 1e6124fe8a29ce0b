"""Start: which weights a run begins with."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.text import Text
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Start like the run before by default, so that only the changed setting differs."""
    return ControlSpec(
        name="start",
        title=Text(en="Start from", zh="起始权重"),
        kind="choice",
        default="same",
        choices=(
            Choice("same", Text(en="same as the run before", zh="与上次运行相同")),
            Choice("new", Text(en="new weights from the seed", zh="按种子重新抽取")),
            Choice("model", Text(en="the model's own weights", zh="模型原有权重")),
        ),
        effect="run",
        help=Text(
            en="The same start makes two runs comparable: only the setting that you changed differs.",
            zh="相同的起点让两次运行可比：只有你改动的设置不同。",
        ),
    )


CONTROL = Control("start", 70, specify)
