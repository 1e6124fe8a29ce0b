"""Performs a range test of the learning rate on the training thread, and leaves everything as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ..core.events import Event, RangeTestEnded, RangeTestMoved, RangeTestStarted
from ..core.range_analysis import judge
from ..core.range_levels import points_until_divergence
from ..core.range_smoothing import Numbers
from ..core.range_test import CurveStatus, RangeCurve
from ..core.seeds import moved_seeds
from ..core.text import Text
from ..errors import DataError
from .commands import CommandQueue, Stop
from .loop import Chunk
from .range_pass import seconds_per_step, take_steps
from .range_test import RangeTest
from .runner import Borrowed, Runner

_TOLD_SECONDS = 0.05
_DATA_ENDED = Text(
    en="The data came to an end after {taken} of {steps} steps and give no batch when read again. A range test reads "
    "them several times: pass arrays, or a data set that begins anew each time.",
    zh="数据在第 {taken} 步（共 {steps} 步）之后用尽，再次读取时没有任何批次。范围测试需要多次读取数据：请传入数组，"
    "或每次都能从头开始的数据集。",
)


class RangeTask:
    """The work of one range test.

    Args:
        test: Where its numbers go.
        values: The hyperparameters that all its curves share; those of a run that would start now.
        facts: What is known of model and data.
        draws: Whether each repeat begins with weights of its own.
        runner: Lends the model.
        publish: Told its events.
    """

    def __init__(
        self,
        test: RangeTest,
        values: Mapping[str, Any],
        facts: Mapping[str, Any],
        *,
        draws: bool,
        runner: Runner,
        publish: Callable[[Event], None],
    ) -> None:
        self._test, self._values, self._facts, self._draws = test, values, facts, draws
        self._runner, self._publish = runner, publish

    @property
    def number(self) -> int:
        """That of the test."""
        return self._test.number

    def begin(self) -> None:
        """Tell that it is to come."""
        self._publish(RangeTestStarted(0, number=self.number))

    def end(self, error: BaseException | None) -> None:
        """Tell that it ended."""
        self._test._end(error)
        self._publish(RangeTestEnded(0, number=self.number))

    def work(self, commands: CommandQueue) -> None:
        """Draw all curves, or as many as there is time for until it is stopped."""
        stopped: Callable[[], bool] = lambda: commands.holds(Stop)  # noqa: E731
        for optimizer in self._test.optimizers:
            for batch_size in self._test.batch_sizes:
                values = {**self._values, "optimizer": optimizer, "batch_size": batch_size}
                with self._runner.borrowed(values, self._facts, stopped) as borrowed:
                    if stopped() or not self._repeat(borrowed, values, stopped):
                        return

    def _repeat(self, borrowed: Borrowed, values: Mapping[str, Any], stopped: Callable[[], bool]) -> bool:
        """Draw the curves of one optimizer and batch size; return False when stopped."""
        steps = self._steps(borrowed, values)
        borrowed.loop.begin()  # a first point soon, but for the first of the repeats only: it costs a little
        curves: list[RangeCurve] = []
        for repeat in range(self._test.plan.repeats):
            own = {**values, **moved_seeds(values, repeat)}
            borrowed.begin(own, self._draws and repeat > 0)  # the first is the run that would start now
            curve = self._draw(borrowed, own, self._test.plan.rates(steps), stopped)
            if curve.status == "stopped" and not stopped():
                raise DataError(_DATA_ENDED.filled(taken=len(curve.rates), steps=steps))
            if curve.status == "stopped":
                return False
            curves.append(curve)
        self._test._add_result(judge(curves))
        self._publish(RangeTestMoved(0, number=self.number))
        return True

    def _steps(self, borrowed: Borrowed, values: Mapping[str, Any]) -> int:
        plan = self._test.plan
        seconds = None if plan.steps is not None else borrowed.loop.seconds_per_step(values["batch_size"])
        if plan.steps is None and seconds is None:
            borrowed.begin(values, False)
            seconds = seconds_per_step(borrowed, values, plan.low)
        return plan.steps_of(borrowed.loop.steps_per_epoch(values["batch_size"]), seconds, self._test.planned)

    def _draw(
        self, borrowed: Borrowed, values: Mapping[str, Any], rates: Numbers, stopped: Callable[[], bool]
    ) -> RangeCurve:
        batches = borrowed.loop.steps_per_epoch(values["batch_size"]) or 0 if borrowed.in_memory else 0
        self._test._begin_curve(values["optimizer"], values["batch_size"], values["seed"], batches)
        curve, points, told = self._test.curves[-1], None, 0.0

        def heard(chunk: Chunk) -> bool:
            nonlocal curve, points, told
            curve = self._test._grow(chunk.learning_rates, chunk.values["loss"])
            if time.perf_counter() - told > _TOLD_SECONDS:
                told = time.perf_counter()
                self._publish(RangeTestMoved(0, number=self.number))
            points = points_until_divergence(curve.rates, curve.losses)
            return points is None and not stopped()

        take_steps(borrowed, values, rates, heard)
        status: CurveStatus = "finished" if len(curve.rates) == len(rates) else "stopped"
        curve = self._test._end_curve("diverged" if points else status, points or len(curve.rates))
        self._publish(RangeTestMoved(0, number=self.number))
        return curve
