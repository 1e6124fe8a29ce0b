"""The controls: every hyperparameter of the session, drawn from its description alone."""

from __future__ import annotations

from typing import Any

from ...core.text import Text
from ...core.training import RaceLike, RepeatLike, SweepLike
from ..making import show_if
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
        specs = {name: spec for name, spec in context.session.controls.items() if not spec.hidden}
        self.rows = {name: ControlRow(context, spec) for name, spec in specs.items()}
        self._parents = {name: spec.shown_with for name, spec in specs.items() if spec.shown_with in specs}
        self._dependents = {parent: self._lay_out_dependents(parent) for parent in self._parents.values()}
        alone = [name for name in specs if name not in self._parents]
        visible = [name for name in FIRST if name in alone and not specs[name].advanced]
        first: list[Any] = [self._with_dependents(name) for name in visible]
        folded = [name for name in alone if name not in visible]
        self._folded = [name for name in specs if self._parents.get(name, name) in folded]
        self.more = Fold(context, _MORE, [self._with_dependents(name) for name in folded])
        self.widget = box([*first, self.more.widget] if self._folded else first, "controls")
        self._changed = 0
        self._show_dependents()
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
        self._show_dependents()
        self._mark_changed()
        return False

    def _lay_out_dependents(self, parent: str) -> Any:
        rows = [self.rows[name].widget for name, other in self._parents.items() if other == parent]
        return box(rows, "dependents")

    def _with_dependents(self, name: str) -> Any:
        """Return the row of a control, with those below it that have an effect only while it is on."""
        row = self.rows[name].widget
        return box([row, self._dependents[name]], "control-group") if name in self._dependents else row

    def _show_dependents(self) -> None:
        for parent, rows in self._dependents.items():
            show_if(rows, self._is_on(parent))

    def _acts(self, name: str) -> bool:
        return name not in self._parents or self._is_on(self._parents[name])

    def _is_on(self, name: str) -> bool:
        return self.context.session.settings[name] not in (None, False)

    def _mark_changed(self) -> None:
        """Let the closed fold say that something in it is not as it was at first."""
        session = self.context.session
        acting = [name for name in self._folded if self._acts(name)]
        changed = sum(session.settings[name] != session.controls[name].default for name in acting)
        if changed != self._changed:
            self._changed = changed
            self.more.retitle(_CHANGED.filled(count=changed) if changed else _MORE)
            (self.more.toggle.add_class if changed else self.more.toggle.remove_class)("kerastune-fold-marked")

    @property
    def _acting(self) -> bool:
        """Whether a run is training that takes notice of changes; those of a sweep, race or proof don't."""
        run, session = self.context.run, self.context.session
        if run is not None and run.proof is not None:
            return False
        repeats = [*session.repeats[-1:], *(one for spread in session.spreads[-1:] for one in spread.repeats)]
        series: list[SweepLike | RaceLike | RepeatLike] = [*session.sweeps[-1:], *session.races[-1:], *repeats]
        among = run is not None and any(not one.ended and run.number in one.runs for one in series)
        return self.context.standing in TRAINING - {"testing", "repeating", "auditing"} and not among

    def _mark_training(self) -> None:
        self._marked = self._acting
        (self.widget.add_class if self._marked else self.widget.remove_class)("kerastune-training")
