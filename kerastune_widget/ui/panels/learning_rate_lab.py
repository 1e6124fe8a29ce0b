"""The learning-rate lab: everything for choosing a rate, in one fold; each part is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar

import ipywidgets

from ...core.text import Text
from ..making import make, sharing, show_if
from ..publisher import Batch
from ._base import Context, Panel
from ._fold import Fold
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


class Section(Protocol):
    """A part of the lab.

    Attributes:
        TITLE: Heading of its fold; what is in the fold has none.
        OPEN: Whether its fold is open at first.
    """

    TITLE: ClassVar[Text]
    OPEN: ClassVar[bool]

    def __call__(self, context: Context, announce: Callable[[str], None]) -> Panel:
        """Make its panel; ``announce`` has screen readers say a sentence."""


SECTIONS: tuple[Any, ...] = (RangeTestPanel, SchedulePreviewPanel, RacePanel)
"""The parts, top to bottom."""

AnyPanel = TypeVar("AnyPanel", bound=Panel)


class LearningRateLabPanel(Panel):
    """A closed fold with a fold for each part. A part costs nothing until a person opens it.

    Attributes:
        find: A quiet button beside the learning rate: opens the lab and starts a range test.
        preview: Another beside the schedule: opens its preview.
        fold: The lab's own fold.
        folds: The fold of each part, by the class of its panel; none until the lab was opened.
    """

    def __init__(self, context: Context, announce: Callable[[str], None], reveal: Callable[[str], None]) -> None:
        super().__init__(context)
        self._announce, self._reveal = announce, reveal
        self._panels: dict[Any, Panel] = {}
        self.folds: dict[Any, Fold] = {}
        self.find = make(ipywidgets.Button, disabled=True)
        self.find.add_class("kerastune-find")
        context.on_click(self.find, self._find)
        self.preview = make(ipywidgets.Button)
        self.preview.add_class("kerastune-find")
        context.on_click(self.preview, self._show_preview)
        self.fold = Fold(context, _TITLE, [])
        self.fold.toggle.observe(self._open_parts, names="value")
        self.widget = self.fold.widget
        self.widget.add_class("kerastune-lab")
        show_if(self.widget, self._useful)
        self.translate()
        self._enable()

    def section(self, kind: type[AnyPanel]) -> AnyPanel:
        """Return the panel of a part, opened if it was not."""
        self.fold.toggle.value = True
        self.folds[kind].toggle.value = True
        panel = self._panels[kind]
        assert isinstance(panel, kind)
        return panel

    def translate(self) -> None:
        """Write every text anew."""
        self.find.description, self.find.tooltip = self.context.say(_FIND), self.context.say(_FIND_HELP)
        self.preview.description, self.preview.tooltip = self.context.say(_PREVIEW), self.context.say(_PREVIEW_HELP)
        self.fold.translate()
        for fold in self.folds.values():
            fold.translate()
        for panel in self._panels.values():
            panel.translate()

    def follow(self, batch: Batch) -> bool:
        """Draw what happened in every part that is there."""
        super().follow(batch)
        again = [panel.follow(batch) for panel in list(self._panels.values())]
        return any(again)

    def update(self, batch: Batch) -> bool:
        """Offer a range test while nothing trains."""
        self._enable()
        return False

    @property
    def _useful(self) -> bool:
        return self.context.session.can_train and "learning_rate" in self.context.session.controls

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

    def _open_parts(self, _: object) -> None:
        """Make the folds of the parts, and the parts whose folds are open at first."""
        if self.folds or not self.fold.toggle.value:
            return
        with self.context.lock, sharing():
            self.folds = {kind: Fold(self.context, kind.TITLE, []) for kind in SECTIONS}
            for kind, fold in self.folds.items():
                fold.toggle.observe(lambda _, kind=kind: self._make(kind), names="value")
                fold.toggle.value = kind.OPEN
            self.fold.body.children = tuple(fold.widget for fold in self.folds.values())

    def _make(self, kind: Any) -> None:
        if kind in self._panels:
            return
        with self.context.lock, sharing():
            panel = self._panels[kind] = kind(self.context, self._announce)
            self.folds[kind].body.children = (panel.widget,)
