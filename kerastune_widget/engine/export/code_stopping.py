"""Early stopping in a script: Keras's own callback where one call of ``fit`` does, else one that spans several."""

from __future__ import annotations

from ...core.improvement import MONITORED
from ...core.metric_direction import direction
from ...core.text import Text
from ..early_stopping import Watch
from .code_printer import Bracketed, Expression, call, literal

_BEST = Text(
    en="Keeps the weights of the best epoch, over several calls of fit.", zh="在多次 fit 之间保留最好一轮的权重。"
)
WATCHING: tuple[str, ...] = ("monitor", "min_delta", "restore_best")
"""Settings that, when one changes, let early stopping begin anew."""


def stopping_source(watch: Watch, patience: int, *, validation: bool) -> Bracketed:
    """Return the call that makes Keras's ``EarlyStopping``.

    Args:
        watch: What it looks at.
        patience: Epochs without improvement.
        validation: Whether there are validation data.
    """
    monitor = _monitor(watch, validation)
    options: dict[str, Expression] = {"min_delta": literal(watch.min_delta)} if watch.min_delta else {}
    options["patience"] = literal(patience)
    options |= {} if monitor in MONITORED else {"mode": literal(_mode(monitor))}  # Keras knows what a loss is
    options |= {"restore_best_weights": "True"} if watch.restores else {}
    return call("keras.callbacks.EarlyStopping", literal(monitor), **options)


def best_weights_source(watch: Watch, *, validation: bool) -> Bracketed:
    """Return the call that makes the callback of ``best_weights_lines``; arguments as for ``stopping_source``."""
    monitor = _monitor(watch, validation)
    options: dict[str, Expression] = {} if _mode(monitor) == "min" else {"mode": literal("max")}
    options |= {"min_delta": literal(watch.min_delta)} if watch.min_delta else {}
    return call("BestWeights", literal(monitor), **options)


def best_weights_lines(language: str) -> list[str]:
    """Return the callback that remembers the weights of the best epoch."""
    return [
        "",
        "class BestWeights(keras.callbacks.Callback):",
        f'    """{_BEST.get(language)}"""',
        "",
        '    def __init__(self, monitor, mode="min", min_delta=0.0):',
        "        super().__init__()",
        "        self.monitor, self.min_delta = monitor, min_delta",
        '        self.sign = 1 if mode == "min" else -1',
        "        self.lowest, self.weights = None, None",
        "",
        "    def on_epoch_end(self, epoch, logs=None):",
        "        value = self.sign * logs[self.monitor]",
        "        at_most = np.float32(value + self.min_delta)",
        "        if self.lowest is None or at_most < self.lowest:",
        "            self.lowest = np.float32(value)",
        "            self.weights = self.model.get_weights()",
        "",
    ]


def _monitor(watch: Watch, validation: bool) -> str:
    return watch.monitor or MONITORED[0 if validation else 1]


def _mode(monitor: str) -> str:
    return "max" if direction(monitor) == "up" else "min"
