"""The learning-rate lab: everything for choosing a rate, in one fold; each part is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from ...core.text import Text
from ..making import make
from ..publisher import Batch
from ._base import Context
from ._lab import LabPanel
from ._standing import TRAINING
from .race import RacePanel
from .range_test import RangeTestPanel
from .schedule_preview import SchedulePreviewPanel

_TITLE = Text(en="Learning-rate lab", zh="学习率实验室")
_PREVIEW = Text(en="Preview", zh="预览")
_PREVIEW_HELP = Text(
    en="Draw the learning rate over the coming run (opens the learning-rate lab)",
    zh="画出下次运行全程的学习率（打开学习率实验室）",
)
_FIND = Text(en="Find a rate", zh="寻找合适的学习率")
_FIND_HELP = Text(
    en="Raise the learning rate step by step to see which rates train; opens the learning-rate lab",
    zh="逐步提高学习率，看看哪些取值能够训练；将打开学习率实验室",
)

SECTIONS: tuple[Any, ...] = (RangeTestPanel, SchedulePreviewPanel, RacePanel)
"""The parts, top to bottom."""


class LearningRateLabPanel(LabPanel):
    """Range test, preview of schedules, and race of optimizers.

    Attributes:
        find: A quiet button beside the learning rate: opens the lab and starts a range test.
        preview: Another beside the schedule: opens its preview.
    """

    def __init__(self, context: Context, announce: Callable[[str], None], reveal: Callable[[str], None]) -> None:
        super().__init__(context, _TITLE, SECTIONS, announce)
        self._reveal = reveal
        self.find = make(ipywidgets.Button, disabled=True)
        self.find.add_class("kerastune-find")
        context.on_click(self.find, self._find)
        self.preview = make(ipywidgets.Button)
        self.preview.add_class("kerastune-find")
        context.on_click(self.preview, self._show_preview)
        self.translate()
        self._enable()

    def translate(self) -> None:
        """Write every text anew."""
        self.find.description, self.find.tooltip = self.context.say(_FIND), self.context.say(_FIND_HELP)
        self.preview.description, self.preview.tooltip = self.context.say(_PREVIEW), self.context.say(_PREVIEW_HELP)
        super().translate()

    def update(self, batch: Batch) -> bool:
        """Offer a range test while nothing trains."""
        self._enable()
        return False

    @property
    def _useful(self) -> bool:
        return super()._useful and "learning_rate" in self.context.session.controls

    def _enable(self) -> None:
        disabled = not self._useful or self.context.standing in TRAINING
        if self.find.disabled != disabled:
            self.find.disabled = disabled

    def _find(self) -> None:
        self.section(RangeTestPanel).begin()
        self._reveal("kerastune-range-test")

    def _show_preview(self) -> None:
        self.section(SchedulePreviewPanel)
        self._reveal("kerastune-schedule-preview")
