"""Keys and words for those who use the workbench without a mouse or without seeing it."""

from __future__ import annotations

from time import monotonic

from ...core.events import EpochEnded, RunEnded
from ..page import PageHelper
from ..publisher import Batch
from ..spoken import describe
from ._base import Context, Panel
from .buttons import ButtonsPanel

PERIOD = 10.0
"""Least seconds between two sentences about a run that goes on; its end is told at once."""


class PagePanel(Panel):
    """Presses the buttons for the keys R, P and S, and says how the run stands.

    Attributes:
        helper: The part that lives in the page.
    """

    def __init__(self, context: Context, buttons: ButtonsPanel) -> None:
        super().__init__(context)
        self._buttons = {"run": buttons.run, "pause": buttons.pause, "stop": buttons.stop}
        self._told, self._due = float("-inf"), False
        self.helper = self.widget = PageHelper(self._press, context.language)

    def translate(self) -> None:
        """Switch the language of help, names and page."""
        self.helper.language = self.context.language

    def update(self, batch: Batch) -> bool:
        """Say how the run stands, not too often; of a proof, its card says what came of it."""
        run = self.context.run
        told = [event for event in batch.events if run is not None and event.run == run.number and run.proof is None]
        ended = any(isinstance(event, RunEnded) for event in told)
        self._due = self._due or ended or any(isinstance(event, EpochEnded) for event in told)
        if self._due and run is not None and (ended or monotonic() - self._told >= PERIOD):
            self._told, self._due = monotonic(), False
            self.helper.say(describe(run.number, run.name, run.record(), self.context.language))
        return self._due

    def _press(self, name: str) -> None:
        """Click the button of a key, unless it is disabled."""
        button = self._buttons.get(name)
        if button is not None and not button.disabled:
            button.click()
