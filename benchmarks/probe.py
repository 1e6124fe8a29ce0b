"""What looking into the network costs: whole runs with the probe, beside the same runs without."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import kerastune_widget as kt
from kerastune_widget.core import signals
from kerastune_widget.engine.dataset import ArrayData
from kerastune_widget.engine.probe import Probe, ProbeRows

from . import _report
from ._numbers import geometric_mean, seconds
from ._subjects import BATCH_SIZE, SMALL, compiled, digits, large

WITH, WITHOUT = "probed", "not probed"
COUNTED = """\
A later run of a session that has trained before, {epochs} epochs of digits at batch size {batch} with validation after
each, with the probe and without, taking turns: the median of {repetitions} ratios of neighbouring runs, of the time on
the clock and of the processor's (all threads; other programs disturb it less). *One look* is the median of 20; *first
look* is the tracing, once for each model, which comes after the first steps are drawn and is not part of the ratios.
*Looks in a run* count the one before its first step. The large model has 8.5 million weights and trains {large_epochs}
epochs."""


def measure(quick: bool) -> _report.Result:
    """Compare on four small models and a large one."""
    repetitions, epochs, large_epochs = (2, 10, 2) if quick else (15, 30, 4)
    found = {name: _compare(body, epochs, repetitions) for name, body in SMALL.items()}
    found["large"] = _compare(large, large_epochs, max(2, repetitions // 4))
    clock, processor = (geometric_mean([one[kind] for one in found.values()]) for kind in ("clock", "processor"))
    return _report.Result(
        title="Looking into the network",
        counted=COUNTED.format(epochs=epochs, batch=BATCH_SIZE, repetitions=repetitions, large_epochs=large_epochs),
        columns=[
            "model",
            "first look (s)",
            "one look (ms)",
            "looks in a run",
            "an epoch (ms)",
            "clock: probed ÷ not",
            "processor",
        ],
        rows=[_row(name, one) for name, one in found.items()],
        goals=[
            _report.Goal(
                "at most 1.03 times the time on the clock, geometric mean", f"{clock:.3f} times", clock <= 1.03
            ),
            _report.Goal("at most 1.03 times the processor's", f"{processor:.3f} times", processor <= 1.03),
        ],
        raw=found,
    )


def _compare(body: Callable[[], list[Any]], epochs: int, repetitions: int) -> dict[str, Any]:
    sessions = {WITH: _session(body, probe=True), WITHOUT: _session(body, probe=False)}
    variants = {name: _again(session, epochs) for name, session in sessions.items()}
    for variant in variants.values():
        variant()
    times = _alternate(variants, repetitions)
    clock, processor = (statistics.median(one / other for one, other in zip(*pair, strict=True)) for pair in times)
    losses = sessions[WITH].runs[-1].record().signal(signals.INFERENCE_LOSS)[signals.MODEL]
    return {
        **_looks(body),
        "looks": int(np.isfinite(losses).sum()),
        "epochs": epochs,
        "epoch": statistics.median(times[0][1]) / epochs,
        "clock": clock,
        "processor": processor,
        "seconds": times,
    }


def _alternate(variants: dict[str, Callable[[], object]], repetitions: int) -> list[list[list[float]]]:
    """Return seconds on the clock and of the processor, each with the probe and without, changing who goes first."""
    times: list[list[list[float]]] = [[[], []], [[], []]]
    for turn in range(repetitions):
        for place in (0, 1) if turn % 2 else (1, 0):
            processor = time.process_time()
            times[0][place].append(seconds(list(variants.values())[place]))
            times[1][place].append(time.process_time() - processor)
    return times


def _looks(body: Callable[[], list[Any]]) -> dict[str, float]:
    model, (training, _) = compiled(body), digits()
    probe = Probe(model, lambda: ProbeRows(ArrayData(*training), 0))
    first = seconds(probe.measure)
    later = [seconds(lambda: probe.measure(probe.weights())) for _ in range(20)]
    return {"first_look": first, "look": statistics.median(later)}


def _session(body: Callable[[], list[Any]], *, probe: bool) -> Any:
    training, validation = digits()
    return kt.Session(compiled(body), training, validation_data=validation, probe=probe)


def _again(session: Any, epochs: int) -> Callable[[], object]:
    return lambda: session.run(epochs=epochs, batch_size=BATCH_SIZE)


def _row(name: str, one: dict[str, Any]) -> list[str]:
    looks = f"{one['looks']} of {one['epochs'] + 1}"
    milliseconds = [f"{1000 * one[key]:.1f}" for key in ("look", "epoch")]
    ratios = [f"{one[key]:.3f}" for key in ("clock", "processor")]
    return [name, f"{one['first_look']:.2f}", milliseconds[0], looks, milliseconds[1], *ratios]


if __name__ == "__main__":
    _report.main("probe", measure)
