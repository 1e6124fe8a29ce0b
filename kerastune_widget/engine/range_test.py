"""A range test of the learning rate, going on or ended: what it was asked for, and what came of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..core.plots.range_test import build
from ..core.range_plan import RangePlan
from ..core.range_smoothing import Numbers
from ..core.range_test import CurveStatus, RangeCurve, RangeResult
from ..core.text import Language
from ..drawing import figure_of
from .background import Background


class RangeTest(Background):
    """Curves of the loss over a rising learning rate, and the rates that they suggest; of one or several optimizers.

    Made by ``Session.range_test`` and ``kt.lr_range_test``; safe to read from any thread.

    Args:
        number: 1 for the session's first.
        optimizers: Which, as the control calls them.
        batch_sizes: Which, in rows.
        plan: Rates, steps and repeats.

    Example:
        >>> test = session.range_test(optimizers=["sgd_momentum", "adam"])
        >>> test.rate, test.results[1].rate
        >>> print(test.results[0].verdict.en)
    """

    def __init__(self, number: int, optimizers: Sequence[str], batch_sizes: Sequence[int], plan: RangePlan) -> None:
        super().__init__(number)
        self._plan = plan
        self._optimizers, self._batch_sizes = tuple(optimizers), tuple(batch_sizes)
        self._curves: list[RangeCurve] = []
        self._results: list[RangeResult] = []

    @property
    def optimizers(self) -> tuple[str, ...]:
        """Which optimizers, as the control calls them."""
        return self._optimizers

    @property
    def batch_sizes(self) -> tuple[int, ...]:
        """Which batch sizes, in rows."""
        return self._batch_sizes

    @property
    def plan(self) -> RangePlan:
        """Rates, steps and repeats, as asked for."""
        return self._plan

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest rate to be tried."""
        return self._plan.low, self._plan.high

    @property
    def planned(self) -> int:
        """How many curves there are to be: repeats for each optimizer and batch size."""
        return len(self._optimizers) * len(self._batch_sizes) * self._plan.repeats

    @property
    def curves(self) -> tuple[RangeCurve, ...]:
        """The curves so far; the last one may still grow."""
        with self._lock:
            return tuple(self._curves)

    @property
    def results(self) -> tuple[RangeResult, ...]:
        """What came of it, for each optimizer and batch size whose repeats have ended."""
        with self._lock:
            return tuple(self._results)

    @property
    def rate(self) -> float | None:
        """The learning rate to take with the first optimizer; None when there is no clear valley, or not yet."""
        results = self.results
        return results[0].rate if results else None

    def find(self, optimizer: str, batch_size: int | None = None) -> RangeResult | None:
        """Return the result of an optimizer; None when there is none (yet).

        Args:
            optimizer: As the control calls it.
            batch_size: In rows; None for the first one that was tested.
        """
        size = self._batch_sizes[0] if batch_size is None else batch_size
        return next((one for one in self.results if (one.optimizer, one.batch_size) == (optimizer, size)), None)

    def plot(self, language: Language = "en") -> Any:
        """Return the curves and the suggestions as a matplotlib figure.

        Args:
            language: Of the labels, "en" or "zh".

        Example:
            >>> kt.lr_range_test(model, (x, y)).plot().savefig("range_test.png")
        """
        return figure_of(build(self.curves, self.results, rates=self.range, pick=False), language)

    def __repr__(self) -> str:
        found = ", ".join(f"{one.optimizer} at {one.batch_size}: {_shown(one.rate)}" for one in self.results)
        return f"<RangeTest {self.number}: {found or f'{len(self.curves)} of {self.planned} curves'}>"

    # ---------------------------------------------------------------- for whoever performs it

    def _begin_curve(self, optimizer: str, batch_size: int, seed: int, batches: int) -> None:
        with self._lock:
            self._curves.append(RangeCurve(optimizer, batch_size, seed, batches=batches))

    def _grow(self, rates: Numbers, losses: Numbers) -> RangeCurve:
        """Add points to the last curve; return it."""
        with self._lock:
            last = self._curves[-1]
            grown = replace(
                last, rates=np.concatenate([last.rates, rates]), losses=np.concatenate([last.losses, losses])
            )
            self._curves[-1] = grown
            return grown

    def _end_curve(self, status: CurveStatus, points: int) -> RangeCurve:
        """End the last curve, keeping so many of its points; return it."""
        with self._lock:
            last = self._curves[-1]
            ended = replace(last, status=status, rates=last.rates[:points], losses=last.losses[:points])
            self._curves[-1] = ended
            return ended

    def _add_result(self, result: RangeResult) -> None:
        with self._lock:
            self._results.append(result)


def _shown(rate: float | None) -> str:
    return "no clear valley" if rate is None else f"{rate:.2g}"
