"""The controls: every hyperparameter of the session, drawn from its description alone."""

from __future__ import annotations

from typing import Any

from ...core.text import Text
from ..publisher import Batch
from ._base import Context, Panel, box
from ._control_row import ControlRow
from ._fold import Fold
from ._standing import TRAINING

FIRST = ("learning_rate", "batch_size", "optimizer", "dropout", "epochs", "seed")
"""What is always in sight unless a control says that it is for the few."""

_MORE = Text(en="More settings", zh="更多设置")
_CHANGED = Text(en="More settings · {count} changed", zh="更多设置 · 已改动 {count} 项")


class ControlsPanel(Panel):
    """One row a control; a change is passed to the session at once, and the session's changes are followed.

    Attributes:
        rows: The rows by the name of their control.
        more: The fold of the others, closed at first; its title tells how many of them were changed.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        specs = context.session.controls
        self.rows = {name: ControlRow(context, spec) for name, spec in specs.items()}
        visible = [name for name in FIRST if name in specs and not specs[name].advanced]
        first: list[Any] = [self.rows[name].widget for name in visible]
        self._folded = [name for name in specs if name not in visible]
        self.more = Fold(context, _MORE, [self.rows[name].widget for name in self._folded])
        self.widget = box([*first, self.more.widget] if self._folded else first, "controls")
        self._changed = 0
        self._mark_changed()
        self._mark_training()

    def translate(self) -> None:
        """Write every label, tooltip and choice anew."""
        self.more.translate()
        for row in self.rows.values():
            row.translate()

    def update(self, batch: Batch) -> bool:
        """Follow the session's settings, whoever changed them, and show the badges while training."""
        if self._marked != self._acting:
            self._mark_training()
        for row in self.rows.values():
            row.refresh()
        self._mark_changed()
        return False

    def _mark_changed(self) -> None:
        """Let the closed fold say that something in it is not as it was at first."""
        session = self.context.session
        changed = sum(session.settings[name] != session.controls[name].default for name in self._folded)
        if changed != self._changed:
            self._changed = changed
            self.more.retitle(_CHANGED.filled(count=changed) if changed else _MORE)
            (self.more.toggle.add_class if changed else self.more.toggle.remove_class)("kerastune-fold-marked")

    @property
    def _acting(self) -> bool:
        """Whether a run is training that takes notice of changes; those of a sweep or proof don't, to be comparable."""
        run, sweeps = self.context.run, self.context.session.sweeps
        if run is not None and run.proof is not None:
            return False
        sweeping = bool(sweeps) and not sweeps[-1].ended and run is not None and run.number in sweeps[-1].runs
        return self.context.standing in TRAINING and not sweeping

    def _mark_training(self) -> None:
        self._marked = self._acting
        (self.widget.add_class if self._marked else self.widget.remove_class)("kerastune-training")
