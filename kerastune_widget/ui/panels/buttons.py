"""The buttons: run, pause, stop, continue. A click hands a command to the session and returns at once."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets

from ...core.text import NO_TEXT, Text
from ...errors import KerasTuneError, SessionBusyError
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._standing import Standing

_RUN = Text(en="Run", zh="运行")
_PAUSE = Text(en="Pause", zh="暂停")
_RESUME = Text(en="Resume", zh="恢复")
_STOP = Text(en="Stop", zh="停止")
_CONTINUE = Text(en="Continue", zh="继续训练")

_RUN_HELP = Text(en="Start a fresh run with the settings on the left (R)", zh="按左侧的设置从头开始一次新的运行（R）")
_PAUSE_HELP = Text(en="Hold training; nothing is lost (P)", zh="暂停训练，不会丢失任何进度（P）")
_RESUME_HELP = Text(en="Go on with training (P)", zh="从暂停处恢复训练（P）")
_STOP_HELP = Text(en="End the run and keep what it learned (S)", zh="结束本次运行，保留已学到的参数（S）")
_CONTINUE_HELP = Text(en="Train the last run for more epochs", zh="在上次运行的基础上再训练若干轮")

_ENABLED: dict[Standing, str] = {
    "ready": "run",
    "preparing": "stop",
    "testing": "stop",
    "auditing": "stop",
    "repeating": "stop",
    "waiting": "stop",
    "running": "pause stop",
    "paused": "pause stop",
    "finished": "run continue",
    "stopped": "run continue",
    "diverged": "run",
    "failed": "run continue",  # as far as it has weights to go on from
    "interrupted": "run continue",
}


class ButtonsPanel(Panel):
    """Four buttons whose states follow the run.

    Attributes:
        run: Starts a fresh run.
        pause: Pauses, and resumes when paused.
        stop: Ends the run early.
        more: Trains the last run for more epochs.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._drawn = context.standing
        self.run = self._button("play", context.session.start, "primary")
        self.pause = self._button("pause", self._pause_or_resume)
        self.stop = self._button("stop", context.session.stop)
        self.more = self._button("forward", self._continue)
        self._message = make(ipywidgets.HTML)
        self._message.add_class("kerastune-note")
        self._complain(NO_TEXT)
        row = box([self.run, self.pause, self.stop, self.more], "buttons", horizontal=True)
        self.widget = box([row, self._message], "buttons-panel")
        self.translate()
        self._enable()

    def translate(self) -> None:
        """Write every caption and tooltip anew."""
        paused = self.context.standing == "paused"
        captions = (
            (self.run, _RUN, _RUN_HELP),
            (self.pause, _RESUME if paused else _PAUSE, _RESUME_HELP if paused else _PAUSE_HELP),
            (self.stop, _STOP, _STOP_HELP),
            (self.more, _CONTINUE, _CONTINUE_HELP),
        )
        for button, caption, tooltip in captions:
            button.description, button.tooltip = self.context.say(caption), self.context.say(tooltip)
        self._complain(self._complaint)

    def update(self, batch: Batch) -> bool:
        """Follow the run."""
        before, self._drawn = self._drawn, self.context.standing
        if "paused" in (before, self._drawn) and before != self._drawn:
            self.pause.icon = "play" if self._drawn == "paused" else "pause"
            self.translate()
        if before != self._drawn or batch.events:
            self._enable()
        return False

    def _button(self, icon: str, command: Callable[[], object], style: str = "") -> ipywidgets.Button:
        button = make(ipywidgets.Button, icon=icon, button_style=style)
        self.context.on_click(button, lambda: self._send(button, command))
        return button

    def _send(self, button: ipywidgets.Button, command: Callable[[], object]) -> None:
        self._complain(NO_TEXT)
        button.disabled = True  # at once, against a double click; the run's events decide from then on
        try:
            command()
            self.context.nudge()
        except KerasTuneError as error:
            if not (isinstance(error, SessionBusyError) and self.context.session.training):
                self._complain(error.text)  # else another view of this session was quicker
            self._enable()

    def _continue(self) -> None:
        self.context.session.continue_run(run=self.context.run)

    def _pause_or_resume(self) -> None:
        session = self.context.session
        (session.resume if self.context.standing == "paused" else session.pause)()

    def _enable(self) -> None:
        run, session = self.context.run, self.context.session
        enabled = _ENABLED[self.context.standing].split() if session.can_train else []
        if "continue" in enabled and not (run is not None and run.has_weights):
            enabled.remove("continue")
        for name, button in (("run", self.run), ("pause", self.pause), ("stop", self.stop), ("continue", self.more)):
            button.disabled = name not in enabled

    def _complain(self, complaint: Text) -> None:
        self._complaint = complaint
        message = self.context.say(complaint)
        self._message.value = f'<span class="kerastune-error" role="alert">{html.escape(message)}</span>'
        show_if(self._message, bool(message))
