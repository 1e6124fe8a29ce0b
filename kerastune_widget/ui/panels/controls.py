"""The controls: every hyperparameter of the session, drawn from its description alone."""

from __future__ import annotations

from typing import Any

from ...core.text import Text
from ..publisher import Batch
from ._base import Context, Panel, box
from ._control_row import ControlRow
from ._fold import Fold
from ._standing import TRAINING

ALWAYS_VISIBLE = ("learning_rate", "batch_size", "optimizer", "dropout", "epochs", "seed")

_MORE = Text(en="More settings", zh="更多设置")


class ControlsPanel(Panel):
    """One row a control; a change is passed to the session at once, and the session's changes are followed.

    Attributes:
        rows: The rows by the name of their control.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        specs = context.session.controls
        self.rows = {name: ControlRow(context, spec) for name, spec in specs.items()}
        first: list[Any] = [self.rows[name].widget for name in ALWAYS_VISIBLE if name in specs]
        rest: list[Any] = [row.widget for name, row in self.rows.items() if name not in ALWAYS_VISIBLE]
        self._more = Fold(context, _MORE, rest)
        self.widget = box([*first, self._more.widget] if rest else first, "controls")
        self._mark_training()

    def translate(self) -> None:
        """Write every label, tooltip and choice anew."""
        self._more.translate()
        for row in self.rows.values():
            row.translate()

    def update(self, batch: Batch) -> bool:
        """Follow the session's settings, whoever changed them, and show the badges while training."""
        if self._marked != self._acting:
            self._mark_training()
        for row in self.rows.values():
            row.refresh()
        return False

    @property
    def _acting(self) -> bool:
        """Whether a run is training that takes notice of changes; those of a sweep don't, to be comparable."""
        run, sweeps = self.context.run, self.context.session.sweeps
        sweeping = bool(sweeps) and not sweeps[-1].ended and run is not None and run.number in sweeps[-1].runs
        return self.context.standing in TRAINING and not sweeping

    def _mark_training(self) -> None:
        self._marked = self._acting
        (self.widget.add_class if self._marked else self.widget.remove_class)("kerastune-training")
