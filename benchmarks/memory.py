"""Memory after a hundred runs, beside a loop that rebuilds the model for each."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable

import psutil

from . import _report

COUNTED = """\
Growth of the process's resident memory over {runs} runs of two epochs (digits MLP, another learning rate each time),
after three runs to warm up; each row in a fresh process, garbage collected before both readings. Checkpoints, one an
epoch, stay in memory up to a budget; the second row has a budget of 0, so that they go to disk. By hand:
`clone_model`, `compile`, `fit`, the old model let go."""

MODES = {
    "widget": "the widget's runs",
    "bare": "the same, checkpoints on disk",
    "rebuild": "clone, compile, fit each time",
}


def measure(quick: bool) -> _report.Result:
    """Run both loops, each in a process of its own."""
    runs = 10 if quick else 100
    grown = {mode: _in_fresh_process(mode, runs) for mode in MODES}
    rows = [
        [MODES[mode], f"{before:.0f}", f"{after:.0f}", f"{after - before:+.1f}"]
        for mode, (before, after) in grown.items()
    ]
    ours = grown["bare"][1] - grown["bare"][0]
    return _report.Result(
        title=f"Memory over {runs} runs",
        counted=COUNTED.format(runs=runs),
        columns=["", "before (MB)", "after (MB)", "growth (MB)"],
        rows=rows,
        goals=[_report.Goal(f"less than 20 MB over {runs} runs, checkpoints left out", f"{ours:.1f} MB", ours < 20)],
        raw={"megabytes": grown},
    )


def _in_fresh_process(mode: str, runs: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.memory", mode, str(runs)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(lines[-2]), float(lines[-1])


def _loop(mode: str, runs: int) -> tuple[float, float]:
    once = {"widget": _widget_run, "bare": lambda: _widget_run(0), "rebuild": _rebuild}[mode]()
    for number in range(3):
        once(number)
    before = _megabytes()
    for number in range(runs):
        once(number)
    return before, _megabytes()


def _widget_run(budget: int | None = None) -> Callable[[int], object]:
    import kerastune_widget as kt

    from . import _page
    from ._subjects import compiled, digits, mlp

    _page.install()
    training, validation = digits()
    widget = kt.TuneWidget(compiled(mlp), training, validation_data=validation)
    _page.display(widget)
    if budget is not None:
        widget.session.checkpoints.budget = budget
    return lambda number: widget.run(epochs=2, learning_rate=1e-3 * (1 + number % 10))


def _rebuild() -> Callable[[int], object]:
    from ._subjects import BATCH_SIZE, compiled, digits, mlp, recompiled

    training, validation = digits()
    model = compiled(mlp)

    def once(number: int) -> None:
        fresh = recompiled(model)
        fresh.optimizer.learning_rate = 1e-3 * (1 + number % 10)
        fresh.fit(*training, epochs=2, batch_size=BATCH_SIZE, validation_data=validation, verbose=0)

    return once


def _megabytes() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in MODES:
        print(*_loop(sys.argv[1], int(sys.argv[2])))
    else:
        _report.main("memory", measure)
