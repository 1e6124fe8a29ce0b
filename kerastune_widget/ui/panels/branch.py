"""The branch bar: where the next branch begins, once an epoch was picked, until it was started or put away."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets

from ...core.course import follow
from ...core.plots._words import in_sentence
from ...core.text import NO_TEXT, Text
from ...core.training import RunLike
from ...core.value_text import setting_title, setting_value
from ...errors import KerasTuneError
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._naming import naming
from ._standing import TRAINING

NOT_CHANGED = ("epochs", "start")
"""Settings that say nothing about how a branch goes on."""

_FROM = Text(en="Next: branch from {run} after epoch", zh="下一步：从{run}分支，起于第几轮之后：")
_EPOCH = Text(en="Epoch", zh="轮次")
_EPOCH_HELP = Text(en="After which epoch to branch: {first} to {last}", zh="在第几轮之后分支：{first} 到 {last}")
_RUN = Text(en="Run branch", zh="运行分支")
_RUN_HELP = Text(
    en="Train {epochs} more epochs from there with the settings on the left",
    zh="从该处出发，按左侧的设置再训练 {epochs} 轮",
)
_CLOSE = Text(en="No branch", zh="取消分支")
_CHANGED = Text(en="Changed: {changes}", zh="改动：{changes}")
_SAME = Text(
    en="Same settings as there: change one on the left first to see what it does.",
    zh="设置与该处相同：可先在左侧更改一项，以观察其影响。",
)
_NONE_KEPT = Text(
    en="No checkpoint of {run} is kept, so it cannot be branched.", zh="没有保留{run}的检查点，因此无法从中分支。"
)


class BranchPanel(Panel):
    """A calm bar, hidden until an epoch is picked.

    Attributes:
        epoch: After which epoch.
        run: Starts the branch.
        close: Puts the bar away.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._picked: int | None = None
        self._complaint = NO_TEXT
        self._drawn: Any = None
        self._text, self._note = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self._note.add_class("kerastune-note")
        self.epoch = context.guard(make(ipywidgets.BoundedIntText, value=1, min=1, max=1))
        self.run = make(ipywidgets.Button, icon="code-fork", button_style="primary")
        self.close = make(ipywidgets.Button, icon="times")
        line = box([self._text, self.epoch, self.run, self.close], "branch-line", horizontal=True)
        self.widget = box([line, self._note], "branch")
        context.on_change(self.epoch, self._snap)
        context.on_click(self.run, self._start)
        context.on_click(self.close, self._put_away)
        context.picked = self.pick
        show_if(self.widget, False)

    @property
    def parent(self) -> RunLike | None:
        """The run to branch from, or None."""
        return next((run for run in self.context.session.runs if run.number == self._picked), None)

    def pick(self, run: int, epochs: int) -> None:
        """Offer to branch from ``run`` after ``epochs`` epochs, or the nearest that is kept; call it under the lock."""
        self._picked, self._complaint = run, NO_TEXT
        parent = self.parent
        if parent is None:
            return
        kept = parent.kept_epochs
        if kept:
            self._offer(kept, _nearest(kept, epochs))
        else:
            self._complaint = _NONE_KEPT.filled(run=naming(parent))
        self._write()

    def translate(self) -> None:
        """Write every text anew."""
        self._write()

    def update(self, batch: Batch) -> bool:
        """Follow the settings on the left and the run that was picked."""
        parent = self.parent
        kept = tuple(parent.kept_epochs) if parent is not None else None
        state = (kept, self.context.session.settings, self.context.standing)
        if state != self._drawn:
            self._drawn = state
            self._write()
        return False

    def _offer(self, kept: Any, epoch: int) -> None:
        with self.epoch.hold_sync():
            self.epoch.min, self.epoch.max = 1, max(kept[-1], self.epoch.value)
            self.epoch.value = epoch
            self.epoch.min, self.epoch.max = kept[0], kept[-1]

    def _snap(self, epoch: int) -> None:
        """Go to the nearest epoch that is kept."""
        parent = self.parent
        if parent is not None and parent.kept_epochs and epoch not in parent.kept_epochs:
            self.epoch.value = _nearest(parent.kept_epochs, epoch)
        self._write()

    def _start(self) -> None:
        parent, settings = self.parent, self.context.session.settings
        if parent is None:
            return
        try:
            changed = self._changed(parent)
            self.context.session.branch(parent.number, self.epoch.value, epochs=settings["epochs"], **changed)
            self._picked = None
        except KerasTuneError as error:
            self._complaint = error.text
        self._write()
        self.context.nudge()

    def _put_away(self) -> None:
        self._picked, self._complaint = None, NO_TEXT
        self._write()

    def _changed(self, parent: RunLike) -> dict[str, Any]:
        """Return the settings that differ from those in force where the branch begins."""
        course = follow(parent)
        there = course.settings_at(course.step_after(self.epoch.value))
        changed = self.context.session.settings.changed_from(there)
        return {name: value for name, value in changed.items() if name not in NOT_CHANGED}

    def _write(self) -> None:
        parent = self.parent
        show_if(self.widget, parent is not None)
        if parent is None:
            return
        say, kept = self.context.say, parent.kept_epochs
        self._text.value = f"<b>{html.escape(say(_FROM, run=naming(parent)))}</b>"
        self.epoch.tooltip = say(_EPOCH_HELP, first=self.epoch.min, last=self.epoch.max)
        self.epoch.disabled = not kept
        self.run.description, self.close.tooltip = say(_RUN), say(_CLOSE)
        self.run.tooltip = say(_RUN_HELP, epochs=self.context.session.settings.get("epochs", "–"))
        self.run.disabled = not kept or not self.context.session.can_train or self.context.standing in TRAINING
        self._write_note(parent)

    def _write_note(self, parent: RunLike) -> None:
        complaint = self.context.say(self._complaint)
        words = complaint or (self.context.say(self._difference(parent)) if parent.kept_epochs else "")
        kind = ' class="kerastune-error" role="alert"' if complaint else ""
        self._note.value = f"<span{kind}>{html.escape(words)}</span>"

    def _difference(self, parent: RunLike) -> Text:
        changed = self._changed(parent)
        if not changed:
            return _SAME
        controls = self.context.session.controls
        words = [
            (setting_title(name, controls), setting_value(name, value, controls)) for name, value in changed.items()
        ]
        return _CHANGED.filled(
            changes=Text(
                en=", ".join(f"{in_sentence(title.en)} {value.en}" for title, value in words),
                zh="，".join(f"{title.zh} {value.zh}" for title, value in words),
            )
        )


def _nearest(kept: Any, epoch: int) -> int:
    return int(min(kept, key=lambda other: abs(other - epoch)))
