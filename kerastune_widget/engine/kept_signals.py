"""The probe's numbers of one run, filled up with NaN where it was left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Series = Mapping[str, Mapping[str, Sequence[float]]]


class KeptSignals:
    """Grows ``History.signals``.

    Args:
        taken_over: For a branch, those of the history that it goes on from.
    """

    def __init__(self, taken_over: Series | None = None) -> None:
        self._series = {
            signal: {layer: list(values) for layer, values in layers.items()}
            for signal, layers in (taken_over or {}).items()
        }
        self._taken: tuple[int, Series] | None = None

    def add(self, epochs: int, signals: Mapping[str, Mapping[str, float]]) -> None:
        """Take down what was measured when so many epochs had ended."""
        self._taken = None
        for signal, layers in signals.items():
            for layer, value in layers.items():
                values = self._series.setdefault(signal, {}).setdefault(layer, [])
                values += [math.nan] * (epochs + 1 - len(values))
                values[epochs] = float(value)

    def after(self, epochs: int) -> Series:
        """Return one value for each of so many epochs and one before them; the same object until there are more."""
        if self._taken is None or self._taken[0] != epochs:
            self._taken = (epochs, self._filled(epochs + 1))
        return self._taken[1]

    def _filled(self, count: int) -> Series:
        return {
            signal: {
                layer: (*values[:count], *([math.nan] * (count - len(values)))) for layer, values in layers.items()
            }
            for signal, layers in self._series.items()
        }
