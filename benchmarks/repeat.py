"""A repeat over ten seeds beside ten single warm runs, in one process and with two workers of our own."""

from __future__ import annotations

import gc
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

import kerastune_widget as kt

from . import _report
from ._numbers import seconds
from ._subjects import compiled, digits, mlp

SEEDS, WORKERS = 10, 2
COUNTED = """\
Ten seeds of the quickstart's model (digits, Dense 64, dropout 0.2), {epochs} epochs each, from the call to the end, on
a session that has trained before. *Single runs* are ten calls of `session.run(seed=..., start="new")`; *repeat* is one
of `session.repeat(10)`; they take turns and change who goes first, {rounds} rounds; the ratio is the median of the
paired ratios. With {workers} workers, a repeat starts {workers} processes, which import TensorFlow, read model and
data, and trace the model anew: on so small a model that is most of the time. Memory is resident: by how much the
process that asks grew at most, and what the worker processes held together at most."""


def measure(quick: bool) -> _report.Result:
    """Time single runs, repeats, and repeats by workers."""
    rounds, epochs = (2, 3) if quick else (9, 10)
    session = _session(epochs)
    pairs = _paired(session, rounds)
    ratios = [repeat / single for single, repeat in pairs]
    ratio = statistics.median(ratios)
    pool = [_with_memory(lambda: session.repeat(SEEDS, workers=WORKERS)) for _ in range(1 if quick else 3)]
    wall, held = (statistics.median(one[at] for one in pool) for at in (0, 2))
    _, grown, _ = _with_memory(lambda: session.repeat(SEEDS))
    single, repeat = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
    return _report.Result(
        title=f"A repeat of {SEEDS} seeds",
        counted=COUNTED.format(rounds=rounds, epochs=epochs, workers=WORKERS),
        columns=["", "wall time (s)", "beside single runs", "memory (MB)"],
        rows=[
            [f"{SEEDS} single runs", f"{single:.2f}", "1", "–"],
            ["repeat, in the session", f"{repeat:.2f}", f"{ratio:.3f}", f"{grown:+.0f}"],
            [f"repeat, workers={WORKERS}", f"{wall:.2f}", f"{wall / single:.2f}", f"{held:.0f} in {WORKERS} processes"],
        ],
        goals=[_report.Goal("a repeat costs at most 1.15 times its single runs", f"{ratio:.3f} times", ratio <= 1.15)],
        raw={"pairs": pairs, "ratios": ratios, "workers": pool},
    )


def _session(epochs: int) -> Any:
    training, validation = digits()
    session = kt.Session(compiled(mlp), training, validation_data=validation)
    session.set("epochs", epochs)
    session.run()
    _single(session)()
    return session


def _single(session: Any) -> Callable[[], None]:
    def runs() -> None:
        for seed in range(SEEDS):
            session.run(seed=seed, start="new")

    return runs


def _paired(session: Any, rounds: int) -> list[tuple[float, float]]:
    """Return seconds of single runs and of a repeat, round by round."""
    variants = [_single(session), lambda: session.repeat(seeds=range(SEEDS))]
    pairs = []
    for number in range(rounds):
        order = (0, 1) if number % 2 else (1, 0)
        times = {}
        for at in order:
            gc.collect()
            times[at] = seconds(variants[at])
        pairs.append((times[0], times[1]))
    return pairs


def _with_memory(action: Callable[[], object]) -> tuple[float, float, float]:
    """Return seconds, by how many MB this process grew at most, and how many its children held at most."""
    gc.collect()
    process, over = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    most = [before, 0]

    def watch() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], process.memory_info().rss)
            most[1] = max(most[1], sum(_resident(child) for child in process.children(recursive=True)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    clock = time.perf_counter()
    action()
    took = time.perf_counter() - clock
    over.set()
    watcher.join()
    return took, (most[0] - before) / 2**20, most[1] / 2**20


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has gone meanwhile
        return 0


if __name__ == "__main__":
    _report.main("repeat", measure)
