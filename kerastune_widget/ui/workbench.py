"""The whole widget tree for one session: controls on the left, what happens on the right."""

from __future__ import annotations

from typing import Any

import ipywidgets

from ..core.plot import PlotSpec
from ..core.text import Language
from ..core.training import RunLike, SessionLike
from .panels._base import Context, Panel, box
from .panels.buttons import ButtonsPanel
from .panels.controls import ControlsPanel
from .panels.curves import CurvesPanel
from .panels.diagnosis import DiagnosisPanel
from .panels.failure import FailurePanel
from .panels.header import HeaderPanel
from .panels.progress import ProgressPanel
from .publisher import Batch, Publisher
from .style import style_sheet


class Workbench:
    """Shows a session and steers it. Several workbenches may share one session; each follows what the others do.

    Attributes:
        session: What it shows.
        root: The widget to display.
        header: Name, status and language.
        controls: The hyperparameters.
        buttons: Run, pause, stop, train more.
        progress: How far the run is.
        curves: The live chart.
        failure: What went wrong.
        diagnosis: What the rules found.
    """

    def __init__(self, session: SessionLike, language: Language = "en") -> None:
        self.session = session
        self._context = context = Context(session, language)
        self.header = HeaderPanel(context, self._speak)
        self.controls = ControlsPanel(context)
        self.buttons = ButtonsPanel(context)
        self.progress = ProgressPanel(context)
        self.curves = CurvesPanel(context)
        self.failure = FailurePanel(context)
        self.diagnosis = DiagnosisPanel(context, self.curves.highlight)
        self.root = self._lay_out()
        self._publisher = Publisher(session.events, self._draw)
        context.nudge = self._publisher.nudge
        context.nudge()  # draws what happened while the panels were made

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, in the order they are drawn."""
        return (
            self.header,
            self.buttons,
            self.progress,
            self.curves,
            self.controls,
            self.failure,
            self.diagnosis,
        )

    @property
    def language(self) -> Language:
        """What it speaks."""
        return self._context.language

    @language.setter
    def language(self, language: Language) -> None:
        with self._context.lock:
            self._speak(language)

    @property
    def publishing(self) -> bool:
        """Whether it follows the session; False once closed."""
        return self._publisher.alive

    def spec(self, run: RunLike | None = None) -> PlotSpec:
        """Describe the curves of ``run``, or of the newest one, with the metric that is shown."""
        return self.curves.spec(run)

    def flush(self) -> None:
        """Return when everything that happened so far is drawn."""
        self._publisher.flush()

    def close(self) -> None:
        """Stop following the session and take every widget off the page; the session goes on."""
        self._publisher.close()
        with self._context.lock:
            _close_tree(self.root)

    def _lay_out(self) -> Any:
        side = box([self.controls.widget], "side")
        above = box([self.buttons.widget, self.progress.widget], "above")
        main = box([above, self.failure.widget, self.curves.widget, self.diagnosis.widget], "main")
        columns = box([side, main], "columns", horizontal=True)
        return box([style_sheet(), self.header.widget, columns], "workbench")

    def _speak(self, language: Language) -> None:
        if language == self._context.language:
            return
        self._context.language = language
        for panel in self.panels:
            panel.translate()

    def _draw(self, batch: Batch) -> bool:
        with self._context.lock:
            self._context.follow(batch)
        again = [panel.follow(batch) for panel in self.panels]
        return any(again)


def _close_tree(widget: Any) -> None:
    """Close ``widget`` and everything in it; ipywidgets closes only what it is told to."""
    for child in getattr(widget, "children", ()):
        _close_tree(child)
    for part in (getattr(widget, "style", None), getattr(widget, "layout", None), widget):
        if isinstance(part, ipywidgets.Widget):
            part.close()
