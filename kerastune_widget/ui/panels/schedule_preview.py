"""The schedule's preview: the learning rate over the coming run, drawn anew as soon as a setting changes it."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

import ipywidgets

from ...core.plots.planned_rates import build, in_words
from ...core.schedule import PlannedRates
from ...core.text import NO_TEXT, Text
from ...core.value_text import setting_value
from ...errors import KerasTuneError
from ..chart import ChartArea
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box

logger = logging.getLogger(__name__)

PERIOD = 0.15
"""Least seconds between two drawings while a slider moves."""

_HEADLINE = Text(en="{schedule}: ", zh="{schedule}：")
_UNKNOWN = Text(
    en="How many steps an epoch has is not known yet, so the rates cannot be drawn before a run.",
    zh="尚不知道一轮有多少步，因此无法在运行之前画出学习率。",
)


class SchedulePreviewPanel(Panel):
    """What the rate would do in the next run, as a plot and in a sentence.

    Attributes:
        chart: The plot.
        planned: What it shows; None when it is not known or refused.
    """

    TITLE: ClassVar[Text] = Text(en="Schedule preview", zh="学习率计划预览")
    OPEN: ClassVar[bool] = True

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context)
        self.chart = ChartArea(context.language)
        self.planned: PlannedRates | None = None
        self._read_settings: Any = None  # those that ``planned`` belongs to
        self._words = NO_TEXT
        self._refused = False
        self._drawn = 0.0
        self._text = make(ipywidgets.HTML)
        self._text.add_class("kerastune-preview-text")
        self.widget = box([self._text, self.chart], "schedule-preview")
        self._read()
        self._draw()

    def translate(self) -> None:
        """Write every text anew."""
        self.chart.set_language(self.context.language)
        self._write()

    def follow(self, batch: Batch) -> bool:
        """Work the rates out outside the lock, so that no slider waits for it, then draw."""
        if self._read_settings == self.context.session.settings:
            return False
        if not batch.final and monotonic() - self._drawn < PERIOD:
            return True
        try:
            self._read()
        except Exception:
            logger.exception("The planned rates could not be worked out")
        return super().follow(batch)

    def update(self, batch: Batch) -> bool:
        """Draw what was worked out."""
        self._draw()
        return False

    def _read(self) -> None:
        settings = self.context.session.settings
        self._read_settings, self._drawn = settings, monotonic()
        self.planned, self._refused = None, False
        try:
            self.planned = self.context.session.planned_rates()
        except KerasTuneError as error:
            self._refused, self._words = True, error.text
        else:
            self._words = _UNKNOWN if self.planned is None else self._sentence(self.planned)

    def _sentence(self, planned: PlannedRates) -> Text:
        session, told = self.context.session, in_words(planned)
        if "schedule" not in session.controls:
            return told
        schedule = setting_value("schedule", session.settings["schedule"], session.controls)
        head = _HEADLINE.filled(schedule=schedule)
        return Text(en=head.en[:1].upper() + head.en[1:] + told.en, zh=head.zh + told.zh)

    def _draw(self) -> None:
        show_if(self.chart, self.planned is not None)
        if self.planned is not None:
            self.chart.show(build(self.planned))
        self._write()

    def _write(self) -> None:
        kind = ' class="kerastune-error" role="alert"' if self._refused else ""
        self._text.value = f"<span{kind}>{html.escape(self.context.say(self._words))}</span>"
