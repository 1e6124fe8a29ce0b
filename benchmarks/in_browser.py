"""A whole run in a real JupyterLab page: kernel, server and browser share this machine's cores."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from tests.browser import chromium, lab

from . import _report
from ._numbers import geometric_mean, medians

COUNTED = """\
Warm runs of {epochs} epochs in the kernel of a JupyterLab page that shows the widget, headless Chromium drawing on the
same cores; beside it bare `fit(verbose=0)` in that kernel, the page idle. Medians of {repetitions}, taking turns."""

NAMES = ("MLP", "CNN", "LSTM", "batch norm")
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

PREPARE = """
from benchmarks._numbers import alternate
from benchmarks._subjects import SMALL, compiled, digits
import kerastune_widget as kt
training, validation = digits()
model = compiled(SMALL[{name!r}])
widget = kt.TuneWidget(compiled(SMALL[{name!r}]), training, validation_data=validation)
start = model.get_weights()
def fit():
    model.set_weights(start)
    model.fit(*training, epochs={epochs}, batch_size=32, validation_data=validation, verbose=0)
def ours():
    widget.run(epochs={epochs}, batch_size=32)
"""

MEASURE = """
fit(); ours()
times = alternate({{"fit": fit, "widget": ours}}, {repetitions})
"""


def measure(quick: bool) -> _report.Result:
    """Measure every small model in a notebook of its own."""
    program = chromium.find()
    if program is None:
        raise SystemExit(chromium.MISSING)
    epochs, repetitions = (5, 2) if quick else (10, 5)
    names = NAMES[:1] if quick else NAMES
    raw = {name: _in_page(program, name, epochs, repetitions) for name in names}
    median = {name: medians(times) for name, times in raw.items()}
    ratios = {name: found["fit"] / found["widget"] for name, found in median.items()}
    mean = geometric_mean(list(ratios.values()))
    rows = [[name, f"{found['widget']:.3f}", f"{ratios[name]:.2f}"] for name, found in median.items()]
    return _report.Result(
        title="A whole run in a real page",
        counted=COUNTED.format(epochs=epochs, repetitions=repetitions),
        columns=["model", "widget, live chart (s)", "fit(verbose=0) ÷ widget"],
        rows=[*rows, ["**geometric mean**", "", f"**{mean:.2f}**"]],
        goals=[_report.Goal("at least 3 times as fast as bare fit, with the page", f"{mean:.2f} times", mean >= 3)],
        raw={"seconds": raw},
    )


def _in_page(program: str, name: str, epochs: int, repetitions: int) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as folder, lab.jupyter_lab(Path(folder)) as address:
        cells = [nbformat.v4.new_code_cell(PREPARE.format(name=name, epochs=epochs) + "widget")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), Path(folder, "run.ipynb"))
        with lab.browser(program) as browser, lab.watched_page(browser) as watched:
            return _measure_on(watched.page, address, repetitions)


def _measure_on(page: Any, address: str, repetitions: int) -> dict[str, list[float]]:
    page.set_default_timeout(0)
    lab.open_notebook(page, address, "run.ipynb")
    lab.run_all_and_wait(page)
    page.wait_for_selector(".kerastune-chart", timeout=lab.PATIENCE)
    lab.execute(page, MEASURE.format(repetitions=repetitions))
    found: dict[str, list[float]] = json.loads(lab.ask(page, "__import__('json').dumps(times)"))
    return found


if __name__ == "__main__":
    _report.main("in_browser", measure)
