"""Cross-validation: a run for each fold, judged by the rows that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from .repeated import Repeated
from .trial import Rows


class CrossValidation(Repeated):
    """One run for each fold. Made by a ``Session``; safe to read from any thread.

    Neighbouring folds share training rows, so that scores are no independent draws: the interval of ``statistics`` is
    wider for that (Nadeau and Bengio, 2003). The noise floor is one of other rows as well, not of seeds alone.

    Args:
        number: 1 for the session's first.
        folds: How many.
        kind: How rows are dealt out: "plain", "stratified", "grouped" or "time".
        metric: What the table shows, by Keras's name; None for the first metric of the held-out rows.

    Example:
        >>> found = session.cross_validate(5, epochs=20)
        >>> found.statistics("val_accuracy").mean, found.out_of_fold.shape
    """

    def __init__(self, number: int, folds: int, kind: str, metric: str | None) -> None:
        super().__init__(number, folds, metric, overlap=1 / (folds - 1))
        self._folds, self._kind = folds, kind
        self._held: list[Rows] = []
        self._out_of_fold: Any = None
        self._count = 0

    @property
    def folds(self) -> int:
        """How many."""
        return self._folds

    @property
    def kind(self) -> str:
        """How rows were dealt out: "plain", "stratified", "grouped" or "time"."""
        return self._kind

    @property
    def held_out(self) -> tuple[Rows, ...]:
        """The rows that each fold was judged by, numbers ascending; empty until it began."""
        with self._lock:
            return tuple(self._held)

    @property
    def scores(self) -> tuple[float, ...]:
        """What each fold came to in the table's metric, in their order; NaN for one without a number."""
        metric = self.metric
        return tuple(row.value(metric) for row in self.rows)

    @property
    def out_of_fold(self) -> Any:
        """What was predicted for each row by the run that was not trained on it, in the order of the data.

        As ``model.predict`` gives it: an array of shape (rows, ...), or several, nested as the outputs. NaN for rows
        that no fold was judged by, as the first ones in order of time. None until a fold has ended.
        """
        with self._lock:
            return keras.tree.map_structure(np.copy, self._out_of_fold) if self._out_of_fold is not None else None

    def _deal(self, held: Sequence[Rows], rows: int, trained: Sequence[Rows] = ()) -> None:
        """Take in which rows judge each fold, how many rows there are, and which train it, where that is known."""
        with self._lock:
            self._held, self._count = list(held), rows
            if trained:  # in order of time, and by groups, folds are not alike
                pairs = zip(held, trained, strict=True)
                self._overlap = float(np.mean([len(judging) / len(training) for judging, training in pairs]))

    def _predicted(self, fold: int, predictions: Any) -> None:
        if predictions is None:
            return
        with self._lock:
            held, rows = self._held[fold], self._count
            if self._out_of_fold is None:
                self._out_of_fold = keras.tree.map_structure(lambda one: _empty(one, rows), predictions)

            def fill(whole: NDArray[Any], part: NDArray[Any]) -> None:
                whole[held] = part

            keras.tree.map_structure(fill, self._out_of_fold, predictions)

    def __repr__(self) -> str:
        found = self.statistics()
        standing = f"{found.metric} {found.mean:.4g}" if found.count else "no number yet"
        return f"<CrossValidation {self.number}: {len(self.rows)} of {self.folds} folds ({self.kind}), {standing}>"


def _empty(predictions: NDArray[Any], rows: int) -> NDArray[Any]:
    floats = predictions.dtype if predictions.dtype.kind in "fc" else np.float64
    return np.full((rows, *predictions.shape[1:]), np.nan, dtype=floats)
