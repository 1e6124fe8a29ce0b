"""Measures what strict mode costs: the same steps in turns without and with it, on copies of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.events import Event, StrictCostMeasured
from ..core.strict_cost import StrictCost
from ..core.text import Text
from .background import Background
from .commands import CommandQueue, Stop
from .range_pass import TIMED_STEPS, seconds_per_step, take_steps
from .runner import Runner

_ROUNDS = 5
_FEWEST, _MOST = 5, 2000  # steps in a round
_BUSY = Text(
    en="The cost of strict mode is being measured. Wait for it (session.wait()) or stop it (session.stop()) before "
    "starting anything else.",
    zh="正在测量严格模式的开销。请等它结束（session.wait()）或将它停止（session.stop()），再开始别的。",
)


class CostMeasurement(Background):
    """A measurement, going on or ended. Made by ``Session.start_strict_cost``; safe to read from any thread.

    Args:
        number: 1 for the session's first.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self._result: StrictCost | None = None

    @property
    def result(self) -> StrictCost | None:
        """The times; None until it ended, and when it was stopped or failed."""
        with self._lock:
            return self._result

    def _measured(self, result: StrictCost | None) -> None:
        with self._lock:
            self._result = result


class CostTask:
    """The work of one measurement.

    Args:
        measurement: Where its numbers go.
        values: The hyperparameters of a run that would start now.
        facts: What is known of model and data.
        runner: That of the session; it is not disturbed.
        seconds: About how long to take steps, in all.
        publish: Told when it is over.
    """

    busy = _BUSY

    def __init__(
        self,
        measurement: CostMeasurement,
        values: Mapping[str, Any],
        facts: Mapping[str, Any],
        runner: Runner,
        seconds: float,
        publish: Callable[[Event], None],
    ) -> None:
        self._measurement, self._values, self._facts = measurement, values, facts
        self._runner, self._seconds, self._publish = runner, seconds, publish
        self._result: StrictCost | None = None

    @property
    def number(self) -> int:
        """That of the measurement."""
        return self._measurement.number

    def begin(self) -> None:
        """Nothing to tell."""

    def end(self, error: BaseException | None) -> None:
        """Tell that it ended."""
        self._measurement._measured(self._result)
        self._measurement._end(error)
        self._publish(StrictCostMeasured(0, number=self.number))

    def work(self, commands: CommandQueue) -> None:
        """Take steps both ways in turns, so that whatever else the computer does falls on both."""
        stopped: Callable[[], bool] = lambda: commands.holds(Stop)  # noqa: E731
        sides = [self._runner.twin(strict=strict) for strict in (False, True)]
        try:
            paces = [self._time(side, TIMED_STEPS, stopped, warm_up=True) for side in sides]
            steps = int(np.clip(self._seconds / (2 * _ROUNDS * max(*paces, 1e-9)), _FEWEST, _MOST))
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(_ROUNDS):
                for side, found in zip(sides, times, strict=True):
                    if stopped():
                        return
                    found.append(self._time(side, steps, stopped))
            if not stopped():
                self._result = StrictCost(tuple(times[0]), tuple(times[1]), steps * _ROUNDS)
        finally:
            for side in sides:
                side.close()

    def _time(self, side: Runner, steps: int, stopped: Callable[[], bool], *, warm_up: bool = False) -> float:
        """Return the seconds a step takes; a warm-up traces first."""
        rate = self._values["learning_rate"]
        with side.borrowed(self._values, self._facts, stopped) as borrowed:
            borrowed.begin(self._values, False)
            if warm_up:
                seconds_per_step(borrowed, self._values, rate)
            began = time.perf_counter()
            take_steps(borrowed, self._values, np.full(steps, rate), lambda _: not stopped())
            return (time.perf_counter() - began) / steps
