"""What the widget adds to importing Keras and to the first display."""

from __future__ import annotations

import statistics
import subprocess
import sys

from . import _report

COUNTED = """\
Wall time in fresh processes, in seconds, median of {repetitions} taking turns. *Display*: making the widget for a
compiled model and displaying it; training data in memory, nothing trained yet."""

CLOCK = "import time; clock = time.perf_counter()\n"
STOP = "\nprint(time.perf_counter() - clock)"
SHOW = """
import kerastune_widget as kt
from benchmarks import _page
from benchmarks._subjects import compiled, digits, mlp
_page.install()
model, (training, validation) = compiled(mlp), digits()
import time; clock = time.perf_counter()
widget = kt.TuneWidget(model, training, validation_data=validation)
_page.display(widget)"""

CODES = {
    "import keras": f"{CLOCK}import keras{STOP}",
    "import kerastune_widget": f"{CLOCK}import kerastune_widget{STOP}",
    "both": f"{CLOCK}import kerastune_widget\nimport keras{STOP}",
    "display": f"{SHOW}{STOP}",
}


def measure(quick: bool) -> _report.Result:
    """Time every piece of code in processes of its own."""
    repetitions = 2 if quick else 9
    times: dict[str, list[float]] = {name: [] for name in CODES}
    for _ in range(repetitions):
        for name, code in CODES.items():
            times[name].append(_seconds(code))
    median = {name: statistics.median(values) for name, values in times.items()}
    added = median["both"] - median["import keras"]
    return _report.Result(
        title="Import and first display",
        counted=COUNTED.format(repetitions=repetitions),
        columns=["", "seconds", "÷ import keras"],
        rows=[[name, f"{value:.3f}", f"{value / median['import keras']:.3f}"] for name, value in median.items()],
        goals=[
            _report.Goal("the import adds less than 5%", f"{added:+.3f} s", added < 0.05 * median["import keras"]),
            _report.Goal("the first display takes under a second", f"{median['display']:.2f} s", median["display"] < 1),
        ],
        raw={"seconds": times},
    )


def _seconds(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    _report.main("start_up", measure)
