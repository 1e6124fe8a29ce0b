"""Decides when the probe measures in one run, so that it costs little, and tells what it found."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..core.events import Event, Probed
from .probe import Probe, Signals

_SHARE = 0.03  # of a run's time
_AHEAD = (1 / 3, 2.0)  # how much of a run's time, and how many seconds, may be spent for in advance: the first
# epochs tell most, but a run that is stopped early has paid for them


class RunProbe:
    """Has one run probed: before its first step, after its last epoch, and between as often as 3% of its time allow.

    Tracing, once for each model, does not count, and waits until the first steps are drawn.

    Args:
        probe: Measures the run's model; None to measure nothing.
        run: Number of the run.
        publish: Told every ``Probed``.
        names: What the run calls a layer, by what the model calls it; None for the same.
    """

    def __init__(
        self,
        probe: Probe | None,
        run: int,
        publish: Callable[[Event], None],
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._probe, self._run, self._publish, self._names = probe, run, publish, names or {}
        self._start: Sequence[Any] | None = None
        self._before: Sequence[Any] | None = None
        self._chosen = False
        self._spent = self._tracing = 0.0
        self._epochs = 0

    def begin(self) -> None:
        """A run of its own is about to take its first step."""
        if self._probe is None or self._probe.off:
            return
        if self._probe.ready:
            self._tell(0, self._timed(self._probe.measure))
        else:
            self._start = self._probe.all_weights()

    def chunk_ended(self) -> None:
        """The steps of a chunk were told."""
        if self._probe is None or self._start is None:
            return
        start, self._start = self._start, None
        began = time.perf_counter()
        self._tell(0, self._probe.measure_at(start))
        self._tracing = time.perf_counter() - began

    def choose(self, elapsed: float, remaining: int) -> Callable[[], None] | None:
        """Decide whether the epoch that is about to begin will be probed.

        Args:
            elapsed: Seconds that training took so far, pauses left out.
            remaining: Epochs left, this one included.

        Returns:
            What to call before the epoch's last step, which is then to be taken alone; None if it is not probed.
        """
        self._before = None
        self._chosen = (
            self._probe is not None
            and not self._probe.off
            and (remaining == 1 or self._can_pay(self._probe, elapsed - self._tracing, remaining))
        )
        return self._note_weights if self._chosen else None

    def epoch_ended(self, epochs: int) -> None:
        """An epoch ended, and ``epochs`` in all."""
        self._epochs += 1
        probe, before = self._probe, self._before
        if self._chosen and probe is not None:
            traced = probe.ready
            found = self._timed(lambda: probe.measure(before))
            self._tell(epochs, found)
            if not traced:
                self._tracing, self._spent = self._tracing + self._spent, 0.0
        self._before = None

    def _can_pay(self, probe: Probe, elapsed: float, remaining: int) -> bool:
        if self._epochs:
            probe.seconds_per_epoch = elapsed / self._epochs
        if probe.cost is None or probe.seconds_per_epoch is None:
            return True  # the next ones know
        whole = elapsed + remaining * probe.seconds_per_epoch
        share, most = _AHEAD
        by_then = min(whole, elapsed + probe.seconds_per_epoch + min(share * whole, most))
        return self._spent + 2 * probe.cost <= _SHARE * by_then  # twice: there is the last epoch, too

    def _note_weights(self) -> None:
        probe = self._probe
        if probe is not None:
            self._before = self._timed(probe.weights, counts_as_cost=False)

    def _timed(self, act: Callable[[], Any], *, counts_as_cost: bool = True) -> Any:
        began = time.perf_counter()
        found = act()
        seconds = time.perf_counter() - began
        self._spent += seconds
        if counts_as_cost and self._probe is not None:
            self._probe.cost = min(seconds, self._probe.cost or seconds)  # a busy machine is no reason to look less
        return found

    def _tell(self, epochs: int, signals: Signals | None) -> None:
        if signals is not None:
            names = self._names
            named = {signal: {names.get(layer, layer): v for layer, v in of.items()} for signal, of in signals.items()}
            self._publish(Probed(self._run, epochs=epochs, signals=named))
