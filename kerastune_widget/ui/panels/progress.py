"""Progress: how far the run is, how quick, how long it will take, and which loop trains it."""

from __future__ import annotations

import html
from time import monotonic

import ipywidgets

from ...core.events import RunEnded, RunStarted
from ...core.text import NO_TEXT, Text
from ..making import make
from ..publisher import Batch
from ._base import Context, Panel, box
from ._pace import Pace
from ._range_progress import share_done
from ._standing import Standing, repeating

TEXT_PERIOD = 0.22
"""Seconds between two changes of the text: quicker is not readable."""

_READY = Text(en="Ready. Press Run to train.", zh="已就绪，点击“运行”开始训练。")
_WAITING = Text(en="Waiting for another training to end…", zh="正在等待另一个训练结束……")
_PREPARING = Text(en="Preparing the model…", zh="正在准备模型……")
_AUDITING = Text(en="Audit: {made} of {planned} checks made", zh="审查：已完成 {made}/{planned} 项检查")
_REPEATING = Text(en="Run {run} of {planned}", zh="第 {run}/{planned} 次运行")
_TESTING = Text(en="Range test: curve {curve} of {planned}", zh="学习率范围测试：第 {curve}/{planned} 条曲线")
_RUNNING = Text(en="Epoch {epoch} of {epochs}", zh="第 {epoch}/{epochs} 轮")
_SPEED = Text(en="{speed} steps/s", zh="每秒 {speed} 步")
_LEFT = Text(en="{time} left", zh="剩余 {time}")
_PAUSED = Text(en="Paused in epoch {epoch} of {epochs}", zh="已暂停：第 {epoch}/{epochs} 轮")
_SECONDS = Text(en="{seconds} s", zh="{seconds} 秒")
_MINUTES = Text(en="{minutes} min {seconds} s", zh="{minutes} 分 {seconds} 秒")
_ENDS: dict[Standing, Text] = {
    "finished": Text(en="Finished: {epochs} epochs", zh="已完成：共 {epochs} 轮"),
    "stopped": Text(en="Stopped after {epochs} epochs", zh="已停止：完成 {epochs} 轮"),
    "diverged": Text(
        en="Ended in epoch {epoch}: the loss is no longer a number", zh="第 {epoch} 轮终止：损失已不是有效数值"
    ),
    "failed": Text(en="Failed; see below", zh="运行失败，详见下方"),
    "interrupted": Text(en="Cut off after {epochs} epochs", zh="被中断：完成 {epochs} 轮"),
}
_TOOK = Text(en="{time}", zh="用时 {time}")


class ProgressPanel(Panel):
    """A bar and one line; the line is kept short and changes at most five times a second.

    Attributes:
        bar: From 0 to 1.
        text: The line.
        loop: Which loop trains and why, in small print.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._drawn = context.standing
        self._pace = self._catch_up()
        self._reason, self._seconds, self._written, self._behind = NO_TEXT, 0.0, 0.0, False
        self.bar = make(ipywidgets.FloatProgress, value=self._pace.fraction, min=0.0, max=1.0)
        self.text, self.loop = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self.loop.add_class("kerastune-small-print")
        self.widget = box([box([self.text, self.loop], "progress-text", horizontal=True), self.bar], "progress")
        self.translate()

    def translate(self) -> None:
        """Write the line anew."""
        self.text.value = f'<span role="status" aria-live="off">{html.escape(self._line())}</span>'
        reason = html.escape(self.context.say(self._reason))
        self.loop.value = f'<span title="{reason}">{reason}</span>'

    def update(self, batch: Batch) -> bool:
        """Move the bar with every batch, the line less often."""
        before, self._drawn = self._drawn, self.context.standing
        self._behind = self._behind or bool(batch.events)
        self._take_in(batch)
        early = monotonic() - self._written < TEXT_PERIOD and not batch.final
        if before == self._drawn and (early or not self._behind):
            return self._behind
        self._written, self._behind = monotonic(), False
        self.bar.value = self._fraction()
        self.translate()
        return False

    def _fraction(self) -> float:
        tests = self.context.session.range_tests
        if self._drawn == "testing" and tests:
            return round(share_done(tests[-1]), 3)
        if self._drawn == "auditing":
            made, planned = self._audited()
            return round(made / planned, 3) if planned else 0.0
        if self._drawn == "repeating":
            done, planned = self._repeated()
            return round(done / planned, 3) if planned else 0.0
        return 1.0 if self._drawn == "finished" else round(self._pace.fraction, 3)

    def _take_in(self, batch: Batch) -> None:
        for event in batch.events:
            self._pace.follow(event)
            if isinstance(event, RunStarted):
                self._reason = event.reason
            elif isinstance(event, RunEnded):
                self._seconds = event.seconds
                self._leave(event.run)
        self._pace.mark()

    def _leave(self, number: int) -> None:
        """When the last run of a proof has ended, go back to the person's own one."""
        run = self.context.run
        if not self.context.session.training and (run is None or run.number != number):
            self._pace, self._seconds = self._catch_up(), run.seconds if run is not None else 0.0

    def _catch_up(self) -> Pace:
        """Return the pace of a run that is older than this panel."""
        if self.context.run is None:
            return Pace()
        record = self.context.run.record()
        epoch, steps = record.epoch_count, len(record.learning_rates)
        start = int(record.epoch_ends[-1]) if len(record.epoch_ends) else 0
        per_epoch = start // epoch if epoch else None
        return Pace(
            epochs=record.planned_epochs or epoch,
            epoch=epoch,
            steps=steps,
            steps_per_epoch=per_epoch,
            _epoch_start=start,
        )

    def _line(self) -> str:
        say, status = self.context.say, self.context.standing
        if status == "ready":
            return say(_READY)
        if status == "preparing":
            return say(_PREPARING)
        if status == "waiting":
            return say(_WAITING)
        if status == "testing":
            return self._testing_line()
        if status == "auditing":
            made, planned = self._audited()
            return say(_AUDITING, made=made, planned=planned)
        if status == "repeating":
            done, planned = self._repeated()
            return say(_REPEATING, run=min(done + 1, planned), planned=planned)
        if status == "running":
            return self._running_line() if self._pace.steps else say(_PREPARING)
        if status == "paused":
            return say(_PAUSED, epoch=self._current_epoch(), epochs=self._pace.epochs)
        line = say(_ENDS[status], epochs=self._pace.epoch, epoch=self._current_epoch())
        took = [say(_TOOK, time=self._time(self._seconds))] if self._seconds and status != "failed" else []
        return " · ".join([line, *took])

    def _testing_line(self) -> str:
        tests = self.context.session.range_tests
        if not tests or not tests[-1].curves:
            return self.context.say(_PREPARING)
        return self.context.say(_TESTING, curve=len(tests[-1].curves), planned=tests[-1].planned)

    def _audited(self) -> tuple[int, int]:
        """Return how many checks of the newest audit were made, and how many there are to be."""
        audits = self.context.session.audits
        return (len(audits[-1].checks), len(audits[-1].planned)) if audits else (0, 0)

    def _repeated(self) -> tuple[int, int]:
        """Return how many runs of what goes on have ended, and how many there are to be."""
        going = repeating(self.context.session)
        parts = getattr(going, "repeats", [going] if going is not None else [])
        return sum(len(part.rows) for part in parts), sum(part.planned for part in parts)

    def _running_line(self) -> str:
        say, pace = self.context.say, self._pace
        parts = [say(_RUNNING, epoch=self._current_epoch(), epochs=pace.epochs)]
        if pace.speed:
            parts.append(say(_SPEED, speed=f"{pace.speed:,.0f}" if pace.speed >= 10 else f"{pace.speed:.1f}"))
        if pace.seconds_left is not None:
            parts.append(say(_LEFT, time=self._time(pace.seconds_left)))
        return " · ".join(parts)

    def _current_epoch(self) -> int:
        return min(self._pace.epoch + 1, self._pace.epochs)

    def _time(self, seconds: float) -> str:
        if seconds < 60:
            digits = 1 if seconds < 10 else 0
            return self.context.say(_SECONDS, seconds=f"{seconds:.{digits}f}")
        minutes, rest = divmod(round(seconds), 60)
        return self.context.say(_MINUTES, minutes=minutes, seconds=rest)
