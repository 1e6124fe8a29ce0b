"""From the click on Run to the first point at the page, beside clone, compile, ``fit`` by hand."""

from __future__ import annotations

import statistics
import time
from typing import Any

import keras

import kerastune_widget as kt

from . import _page, _report
from ._subjects import BATCH_SIZE, SMALL, compiled, digits, recompiled

COUNTED = """\
From the click on Run until the chart's first numbers are handed to the page, in milliseconds; beside it, from
`clone_model` and `compile` until the end of the first batch in `fit`, with nothing drawn at all. *Cold* is a session's
first run (it copies the model and traces the training step), *warm* every later one. TensorFlow itself is warm in both.
Median of {repetitions}, taking turns."""


def measure(quick: bool) -> _report.Result:
    """Measure all small models."""
    _page.install()
    _first_batch(compiled(SMALL["MLP"]))  # TensorFlow starts its threads
    repetitions = 2 if quick else 7
    raw = {name: _times(compiled(body), repetitions) for name, body in SMALL.items()}
    median = {name: {kind: statistics.median(times) for kind, times in found.items()} for name, found in raw.items()}
    rows = [[name, *map(_milliseconds, found.values()), _ratios(found)] for name, found in median.items()]
    return _report.Result(
        title="From the click to the first point",
        counted=COUNTED.format(repetitions=repetitions),
        columns=["model", "clone, compile, fit (ms)", "widget, cold (ms)", "widget, warm (ms)", "warm: times sooner"],
        rows=rows,
        goals=_goals(median),
        raw={"seconds": raw},
    )


def _times(model: Any, repetitions: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"by hand": [], "cold": [], "warm": []}
    for _ in range(repetitions):
        found["by hand"].append(_first_batch(model))
        training, validation = digits()
        widget = kt.TuneWidget(model, training, validation_data=validation)
        _page.display(widget)
        found["cold"].append(_click(widget))
        found["warm"].append(_click(widget))
        widget.close()
    return found


def _click(widget: Any) -> float:
    """Press Run, wait for the first point, stop again."""
    _page.PAGE.forget()
    run = _page.button(widget, "Run")
    clock = time.perf_counter()
    run.click()
    arrived = _page.PAGE.wait_for_numbers()
    widget.session.stop()
    widget.session.wait()
    time.sleep(0.3)  # the panels come to rest
    return arrived - clock


class _Until(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends training after the first batch and notes when it ended."""

    ended = 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time once."""
        self.ended = self.ended or time.perf_counter()
        self.model.stop_training = True


def _first_batch(model: Any) -> float:
    training, _ = digits()
    until = _Until()
    clock = time.perf_counter()
    recompiled(model).fit(*training, batch_size=BATCH_SIZE, verbose=0, callbacks=[until])
    return until.ended - clock


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def _ratios(found: dict[str, float]) -> str:
    return f"{found['by hand'] / found['warm']:.1f}"


def _goals(median: dict[str, dict[str, float]]) -> list[_report.Goal]:
    least = min(found["by hand"] / found["warm"] for found in median.values())
    return [_report.Goal("a warm run's first point at least 8 times sooner", f"{least:.1f} times at least", least >= 8)]


if __name__ == "__main__":
    _report.main("first_point", measure)
