"""How soon training obeys: a slider and the Stop button, on a small and on a large model."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import kerastune_widget as kt
from kerastune_widget.core.events import RunEnded, SettingChanged, StepsEnded

from . import _page, _report
from ._numbers import percentile
from ._subjects import compiled, digits, large, mlp

COUNTED = """\
While a run trains with the live chart on, in milliseconds. *Set*: from the slider's new value until training takes it
over, between two steps. *Felt*: until the chunk of steps that first used it has ended. *Stopped*: from the click on
Stop until the run has ended. {repetitions} each, at random moments."""


def measure(quick: bool) -> _report.Result:
    """Measure a small and a large model."""
    _page.install()
    repetitions = 5 if quick else 40
    raw = {name: _times(body, repetitions) for name, body in (("MLP", mlp), ("large", large))}
    rows = [[f"{name}: {kind}", *_summary(times)] for name, found in raw.items() for kind, times in found.items()]
    worst = {kind: max(statistics.median(found[kind]) for found in raw.values()) for kind in ("set", "stopped")}
    return _report.Result(
        title="How soon training obeys",
        counted=COUNTED.format(repetitions=repetitions),
        columns=["", "median (ms)", "95th percentile (ms)", "worst (ms)"],
        rows=rows,
        goals=[
            _report.Goal(f"{name}: median under 200 ms", f"{1000 * worst[kind]:.0f} ms", worst[kind] < 0.2)
            for name, kind in (("slider to training", "set"), ("Stop to stopped", "stopped"))
        ],
        raw={"seconds": raw},
    )


class _Ear:
    """Waits for the event that answers."""

    def __init__(self, widget: Any, kind: type, fits: Callable[[Any], bool] = lambda event: True) -> None:
        self._fits, self._heard, self._at = fits, threading.Event(), 0.0
        self._subscription = widget.session.events.subscribe(kind, self._hear)

    def _hear(self, event: Any) -> None:
        if not self._heard.is_set() and self._fits(event):
            self._at = time.perf_counter()
            self._heard.set()

    def since(self, clock: float) -> float:
        """Return the seconds from ``clock`` to the answer."""
        assert self._heard.wait(60), "no answer"
        self._subscription.close()
        return self._at - clock


def _times(body: Callable[[], list[Any]], repetitions: int) -> dict[str, list[float]]:
    training, validation = digits()
    widget = kt.TuneWidget(compiled(body), training, validation_data=validation)
    _page.display(widget)
    widget.run(epochs=1)
    found: dict[str, list[float]] = {"set": [], "felt": [], "stopped": []}
    for number in range(repetitions):
        widget.session.start(epochs=10_000, learning_rate=5e-5)
        time.sleep(random.uniform(0.5, 0.8))
        for kind, seconds in zip(("set", "felt"), _slide(widget, 1e-4 * (1 + number)), strict=True):
            found[kind].append(seconds)
        time.sleep(random.uniform(0.1, 0.3))
        found["stopped"].append(_stop(widget))
    widget.close()
    return found


def _slide(widget: Any, rate: float) -> tuple[float, float]:
    taken = _Ear(widget, SettingChanged)
    felt = _Ear(widget, StepsEnded, lambda event: abs(event.learning_rates[-1] / rate - 1) < 0.01)
    slider = next(part for part in _page.parts(widget) if type(part).__name__ == "FloatLogSlider")
    clock = time.perf_counter()
    slider.value = rate
    return taken.since(clock), felt.since(clock)


def _stop(widget: Any) -> float:
    stopped = _Ear(widget, RunEnded)
    clock = time.perf_counter()
    _page.button(widget, "Stop").click()
    seconds = stopped.since(clock)
    widget.session.wait()
    return seconds


def _summary(times: list[float]) -> list[str]:
    return [f"{1000 * value:.0f}" for value in (statistics.median(times), percentile(times, 0.95), max(times))]


if __name__ == "__main__":
    _report.main("response", measure)
