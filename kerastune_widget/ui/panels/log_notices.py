"""What is to be said of the run log: runs of it that could not be read, and runs that cannot be written."""

from __future__ import annotations

import html
from time import monotonic

import ipywidgets

from ...core.events import RunEnded
from ...core.text import Text
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel

PATIENCE = 5.0
"""Seconds after a run's end in which its weights are written, and may turn out not to be."""


class LogNoticesPanel(Panel):
    """Empty, and without any room, as long as all is well."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._drawn: tuple[Text, ...] = ()
        self._until = 0.0
        self.widget = make(ipywidgets.HTML)
        self.widget.add_class("kerastune-log-notices")
        self._drawn = tuple(context.session.log_notices)
        self.translate()

    def translate(self) -> None:
        """Write every notice anew."""
        words = [html.escape(self.context.say(notice)) for notice in self._drawn]
        lines = "".join(f'<p class="kerastune-notice">● {line}</p>' for line in words)
        self.widget.value = f'<div role="status">{lines}</div>' if lines else ""
        show_if(self.widget, bool(lines))

    def update(self, batch: Batch) -> bool:
        """Follow the log, which is written a little later than things happen."""
        if self.context.session.log_dir is not None and batch.last(RunEnded) is not None:
            self._until = monotonic() + PATIENCE
        notices = tuple(self.context.session.log_notices)
        if notices != self._drawn:
            self._drawn = notices
            self.translate()
        return monotonic() < self._until
