"""A whole run with the live chart on, beside bare ``fit`` and what else draws curves."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable
from typing import Any

import kerastune_widget as kt

from . import _page, _report
from ._numbers import alternate, geometric_mean, medians, seconds
from ._subjects import BATCH_SIZE, SMALL, compiled, digits, large

OURS, FIT = "widget, live chart", "fit(verbose=0)"
COUNTED = """\
One whole run: the same epochs, batch size {batch}, shuffling and validation after each epoch for all. The widget's
live chart is on and its messages are serialised and signed as a kernel does. *Warm* (all columns but the last) is a
later run on a model that has trained before: no tracing for anyone, weights put back. *First* runs a freshly compiled
model once, for the widget with the making and displaying of the widget. Median of {repetitions} runs taking turns.
{epochs} epochs of digits (1,437 rows), for the large model (8.5 million weights) {large_epochs}."""


def measure(quick: bool) -> _report.Result:
    """Compare on four small models and on one whose arithmetic dominates."""
    _page.install()
    _make_notebook_displays()
    repetitions, epochs, large_epochs = (2, 3, 1) if quick else (7, 10, 3)
    warm = {name: medians(_warm(body, epochs, repetitions)) for name, body in SMALL.items()}
    warm["large"] = medians(_warm(large, large_epochs, max(2, repetitions - 2)))
    first = {name: _first(body, epochs) for name, body in SMALL.items()}
    counted = COUNTED.format(batch=BATCH_SIZE, repetitions=repetitions, epochs=epochs, large_epochs=large_epochs)
    return _report.Result(
        title="A whole run with a live chart",
        counted=counted,
        columns=["model", *_columns(warm), "first: fit ÷ widget"],
        rows=_rows(warm, first),
        goals=_goals(warm),
        raw={"warm_seconds": warm, "first_seconds": first},
    )


def _warm(body: Callable[[], list[Any]], epochs: int, repetitions: int) -> dict[str, list[float]]:
    """Time later runs of every variant, each on a model of its own that has trained before."""
    with tempfile.TemporaryDirectory() as logs:
        callbacks: dict[str, Callable[[], list[Any]]] = {
            FIT: list,
            "fit + livelossplot": _livelossplot,
            "fit + TensorBoard": lambda: _tensorboard(logs, "epoch"),
            "fit + TensorBoard, per batch": lambda: _tensorboard(logs, "batch"),
        }
        variants = {name: _fit_again(body, epochs, make) for name, make in callbacks.items()}
        variants[OURS] = _widget_again(body, epochs)
        for variant in variants.values():
            variant()
        return alternate(variants, repetitions)


def _fit_again(body: Callable[[], list[Any]], epochs: int, callbacks: Callable[[], list[Any]]) -> Callable[[], object]:
    model = compiled(body)
    start = model.get_weights()

    def again() -> None:
        model.set_weights(start)
        _fit(model, epochs, callbacks())

    return again


def _fit(model: Any, epochs: int, callbacks: list[Any]) -> None:
    training, validation = digits()
    options = {"epochs": epochs, "batch_size": BATCH_SIZE, "validation_data": validation, "verbose": 0}
    model.fit(*training, callbacks=callbacks, **options)


def _widget_again(body: Callable[[], list[Any]], epochs: int) -> Callable[[], object]:
    widget = _shown_widget(compiled(body))
    return lambda: widget.run(epochs=epochs, batch_size=BATCH_SIZE)


def _shown_widget(model: Any) -> Any:
    training, validation = digits()
    widget = kt.TuneWidget(model, training, validation_data=validation)
    _page.display(widget)
    return widget


def _first(body: Callable[[], list[Any]], epochs: int) -> dict[str, float]:
    """Time the very first run of a fresh model."""
    model = compiled(body)
    fit = seconds(lambda: _fit(model, epochs, []))
    other = compiled(body)
    return {FIT: fit, OURS: seconds(lambda: _shown_widget(other).run(epochs=epochs, batch_size=BATCH_SIZE))}


def _livelossplot() -> list[Any]:
    from livelossplot import PlotLossesKeras
    from livelossplot.outputs import MatplotlibPlot

    return [PlotLossesKeras(outputs=[MatplotlibPlot()])]  # not its printed table, which would fill our page


def _tensorboard(folder: str, frequency: str) -> list[Any]:
    import keras

    return [keras.callbacks.TensorBoard(folder, update_freq=frequency)]


def _make_notebook_displays() -> None:
    """Let ``display`` render pictures as in a notebook: drawn to PNG, encoded, serialised."""
    import matplotlib
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib_inline.backend_inline import configure_inline_support
    from traitlets.config import Config

    class Counting(DisplayPublisher):  # type: ignore[misc]
        def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:
            texts = {kind: _text(value) for kind, value in data.items()}
            json.dumps(texts)

        def clear_output(self, wait: bool = False) -> None:
            """Nothing is shown, so nothing is to be cleared."""

    settings = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=settings)
    shell.display_pub = Counting(parent=shell)
    backend = "module://matplotlib_inline.backend_inline"
    matplotlib.use(backend)
    configure_inline_support(shell, backend)


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _columns(warm: dict[str, dict[str, float]]) -> list[str]:
    others = [name for name in warm["MLP"] if name != OURS]
    return [f"{OURS} (s)", *(f"{name} ÷ widget" for name in others)]


def _rows(warm: dict[str, dict[str, float]], first: dict[str, dict[str, float]]) -> list[list[str]]:
    rows = []
    for name, times in warm.items():
        ratios = [times[other] / times[OURS] for other in times if other != OURS]
        start = f"{first[name][FIT] / first[name][OURS]:.2f}" if name in first else "–"
        rows.append([name, f"{times[OURS]:.3f}", *(f"{ratio:.2f}" for ratio in ratios), start])
    means = [geometric_mean([warm[n][o] / warm[n][OURS] for n in SMALL]) for o in warm["MLP"] if o != OURS]
    start_mean = geometric_mean([first[name][FIT] / first[name][OURS] for name in SMALL])
    rows.append(["**geometric mean, small**", "", *(f"**{mean:.2f}**" for mean in means), f"**{start_mean:.2f}**"])
    return rows


def _goals(warm: dict[str, dict[str, float]]) -> list[_report.Goal]:
    small = geometric_mean([warm[name][FIT] / warm[name][OURS] for name in SMALL])
    cost = warm["large"][OURS] / warm["large"][FIT]
    return [
        _report.Goal("small models at least 3 times as fast as bare fit", f"{small:.2f} times", small >= 3),
        _report.Goal("large model at most 1.03 times the time of bare fit", f"{cost:.3f} times", cost <= 1.03),
    ]


if __name__ == "__main__":
    _report.main("whole_run", measure)
