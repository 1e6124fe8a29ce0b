"""The whole widget tree for one session: controls on the left, what happens on the right."""

from __future__ import annotations

from typing import Any

from ..core.plot import PlotSpec
from ..core.text import Language
from ..core.training import RunLike, SessionLike
from .making import close_tree, sharing, show_if
from .panels._base import Context, Panel, box
from .panels.branch import BranchPanel
from .panels.buttons import ButtonsPanel
from .panels.checkpoints import CheckpointsPanel
from .panels.compare import ComparePanel
from .panels.controls import ControlsPanel
from .panels.curves import CurvesPanel
from .panels.diagnosis import DiagnosisPanel
from .panels.failure import FailurePanel
from .panels.header import HeaderPanel
from .panels.learning_rate_lab import LearningRateLabPanel
from .panels.log_notices import LogNoticesPanel
from .panels.page import PagePanel
from .panels.progress import ProgressPanel
from .panels.reproducibility_lab import ReproducibilityLabPanel
from .panels.runs import RunsPanel
from .panels.sweep import SweepPanel
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
        page: Keys, and words for screen readers.
        progress: How far the run is.
        curves: The live chart.
        failure: What went wrong.
        log_notices: What is wrong with the run log.
        branch: Where the next branch begins.
        lab: The learning-rate lab: range test, schedules, optimizers.
        reproducibility: The reproducibility lab: why results differ, and by how much.
        diagnosis: What the rules found.
        runs: The table of runs.
        compare: Two runs side by side.
        sweep: Several values of one setting.
        checkpoints: How much memory they take.
    """

    def __init__(self, session: SessionLike, language: Language = "en") -> None:
        self.session = session
        self._context = context = Context(session, language)
        with sharing():
            self._build(context)
        self._publisher = Publisher(session.events, self._draw)
        context.nudge = self._publisher.nudge
        context.nudge()  # draws what happened while the panels were made

    def _build(self, context: Context) -> None:
        self.header = HeaderPanel(context, self._speak)
        self.controls = ControlsPanel(context)
        self.buttons = ButtonsPanel(context)
        self.page = PagePanel(context, self.buttons)
        self.progress = ProgressPanel(context)
        self.curves = CurvesPanel(context)
        self.failure = FailurePanel(context)
        self.log_notices = LogNoticesPanel(context)
        self.branch = BranchPanel(context)
        self.lab = LearningRateLabPanel(context, self.page.helper.say, self.page.helper.reveal)
        self.reproducibility = ReproducibilityLabPanel(context, self.page.helper.say)
        self.diagnosis = DiagnosisPanel(context, self.curves.highlight, self.page.helper.say)
        self.runs = RunsPanel(context)
        self.compare = ComparePanel(context, lambda: self.runs.metric)
        self.sweep = SweepPanel(context, lambda: self.runs.metric)
        self.checkpoints = CheckpointsPanel(context)
        self.root = self._lay_out()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, in the order they are drawn: numbers first, then the words on how the run stands."""
        return (
            self.curves,
            self.header,
            self.buttons,
            self.page,
            self.progress,
            self.controls,
            self.failure,
            self.log_notices,
            self.branch,
            self.lab,
            self.reproducibility,
            self.diagnosis,
            self.runs,
            self.compare,
            self.sweep,
            self.checkpoints,
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
            close_tree(self.root)

    def _lay_out(self) -> Any:
        side = box([self.controls.widget, self.sweep.widget], "side")
        show_if(side, bool(self.session.controls))
        above = box([self.buttons.widget, self.progress.widget], "above")
        show_if(self.buttons.widget, self.session.can_train)  # not for runs that were only read from a log
        told = [self.failure.widget, self.log_notices.widget]
        drawn = [*told, self.curves.widget, self.branch.widget, self.lab.widget, self.diagnosis.widget]
        drawn.append(self.reproducibility.widget)
        self._offer("learning_rate", self.lab.find)
        self._offer("schedule", self.lab.preview)
        kept = [self.runs.widget, self.compare.widget, self.checkpoints.widget]
        main = box([above, *drawn, *kept], "main")
        columns = box([side, main], "columns", horizontal=True)
        self.header.add(self.page.widget)
        return box([style_sheet(), self.header.widget, columns], "workbench")

    def _offer(self, name: str, button: Any) -> None:
        """Put a button of the lab beside a control."""
        row = self.controls.rows.get(name)
        if row is not None and self.session.can_train:
            row.widget.children = (*row.widget.children, button)
        else:
            button.close()

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
