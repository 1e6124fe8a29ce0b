"""An hour of a person's work in a real JupyterLab page, done quickly: it has to answer as at its beginning."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import nbformat

from tests.browser import chromium, hour, lab
from tests.browser.bench import CELLS, Bench

from . import _report

COUNTED = """\
{runs} runs, overlays, a branch, a sweep of three, a deletion taken back, two changes of language, a reload of the page
in mid-run: the digits MLP in JupyterLab and headless Chromium on the same cores. The slider: median time from a key on
the learning rate until its field shows the kernel's answer. Memory after a garbage collection; at the beginning no run
was made yet, so that tracing the model counts as growth."""

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def measure(quick: bool) -> _report.Result:
    """Do the hour's work on a page of its own; ``quick`` makes no difference."""
    program = chromium.find()
    if program is None:
        raise SystemExit(chromium.MISSING)
    before, after = _in_page(program)
    slower = after.latency / before.latency
    grown = after.kernel - before.kernel
    names = ("latency", "kernel", "page")
    titles = ("slider to field (ms)", "kernel (MB)", "page, JavaScript heap (MB)")
    numbers = [(getattr(before, name), getattr(after, name)) for name in names]
    rows = [[title, f"{a:.1f}", f"{b:.1f}", f"{b - a:+.1f}"] for title, (a, b) in zip(titles, numbers, strict=True)]
    return _report.Result(
        title="An hour of work",
        counted=COUNTED.format(runs=hour.RUNS),
        columns=["", "at the beginning", "at the end", "growth"],
        rows=rows,
        goals=[
            _report.Goal("slider at the end within 1.5 times of the beginning", f"{slower:.2f} times", slower <= 1.5),
            _report.Goal("kernel grows by less than 150 MB", f"{grown:.0f} MB", grown < 150),
        ],
        raw={"before": vars(before), "after": vars(after)},
    )


def _in_page(program: str) -> tuple[hour.Load, hour.Load]:
    with tempfile.TemporaryDirectory() as folder, lab.jupyter_lab(Path(folder)) as address:
        cells: list[Any] = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), Path(folder, "hour.ipynb"))
        with lab.browser(program) as browser, lab.watched_page(browser) as watched:
            lab.show_widget(watched.page, address, "hour.ipynb")
            bench = Bench(watched.page)
            bench.set(epochs=hour.EPOCHS)
            before = hour.load(bench)
            hour.work(bench)
            return before, hour.load(bench)


if __name__ == "__main__":
    _report.main("hour", measure)
