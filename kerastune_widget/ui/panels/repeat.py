"""Repeat: the same settings over several seeds, to see how much of a result is chance."""

from __future__ import annotations

from typing import Any, ClassVar

import ipywidgets

from ...core.text import Text
from ...core.training import RepeatLike
from ..making import make
from ._repeat_table import table_of
from ._repeated import RepeatedPanel

COUNT, MOST = 5, 100

_COUNT = Text(en="Seeds", zh="种子数")
_COUNT_HELP = Text(en="How many runs, each with a seed of its own", zh="运行次数，每次使用不同的种子")


class RepeatPanel(RepeatedPanel):
    """How many seeds, and what they come to.

    Attributes:
        count: How many runs.
    """

    TITLE: ClassVar[Text] = Text(en="Repeat over seeds", zh="用多个种子重复")
    HINT: ClassVar[Text] = Text(
        en="Trains the same settings several times, each time with other initial weights, another batch order and "
        "other dropout. What differs then is chance: a smaller difference between two runs says nothing.",
        zh="用相同的设置训练多次，每次的初始权重、批次顺序和 dropout 都不同。这样得到的差异就是随机性：比它更小的差别，"
        "任何比较都分辨不出来。",
    )
    START: ClassVar[Text] = Text(en="Repeat ({count} runs)", zh="重复（{count} 次运行）")
    NAME: ClassVar[str] = "repeat"

    @property
    def newest(self) -> RepeatLike | None:
        """The newest repeat."""
        repeats = self.context.session.repeats
        return repeats[-1] if repeats else None

    @property
    def runs(self) -> int:
        """How many seeds are asked for."""
        return int(self.count.value)

    def make_form(self) -> list[Any]:
        """Ask for the number of seeds."""
        self.count = make(ipywidgets.BoundedIntText, value=COUNT, min=2, max=MOST)
        self.context.on_change(self.count, lambda _: self.enable())
        return [self.count]

    def label_form(self) -> None:
        """Write what is asked for."""
        self.count.description, self.count.tooltip = self.context.say(_COUNT), self.context.say(_COUNT_HELP)

    def begin(self) -> None:
        """Start a repeat."""
        self.context.session.start_repeat(self.runs)

    def write_table(self, newest: RepeatLike) -> str:
        """Return mean, spread and extremes of each metric."""
        return table_of(newest, self.context.language)
