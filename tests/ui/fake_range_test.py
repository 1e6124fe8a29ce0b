"""A range test without Keras: curves that fall and explode, and methods that suggest what a test expects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from kerastune_widget.core.range_test import Numbers, RangeCurve, RangeResult, Suggestion
from kerastune_widget.core.text import Text

STEPS = 60
"""Steps of one curve."""

CLEAR = Text(en="Take 0.0031.", zh="建议取 0.0031。")
UNCLEAR = Text(
    en="No clear valley: the loss hardly falls at any rate.", zh="没有明显的低谷：任何学习率下损失都几乎不下降。"
)
_WHY = Text(en="Where the smoothed loss falls most steeply.", zh="平滑后的损失下降最快之处。")
_METHODS = (
    ("recommended", Text(en="Recommended", zh="推荐"), 0.003141),
    ("steep", Text(en="Steepest", zh="最陡处"), 0.0042),
    ("valley", Text(en="Valley", zh="低谷"), 0.0035),
    ("minimum", Text(en="Minimum / 10", zh="最低点 / 10"), 0.01),
    ("slide", Text(en="Slide", zh="滑动"), None),
)


def losses(rates: Numbers, seed: int = 0) -> Numbers:
    """Return what a step at each rate costs: flat, falling, exploding."""
    logs = np.log10(rates)
    noise = np.random.default_rng(seed).normal(0, 0.05, len(rates))
    return 2.3 - 1.6 / (1 + np.exp(-3 * (logs + 2.5))) + np.exp(np.minimum(4 * (logs - 0.2), 20)) + noise


def suggestions(rate: float | None = 0.003141) -> tuple[Suggestion, ...]:
    """Return one of each method, ``rate`` being the one to take."""
    rates = [rate, *(number if rate is not None else None for _, _, number in _METHODS[1:])]
    return tuple(
        Suggestion(name, title, _WHY, number, number and number / 2, number and number * 2)
        for (name, title, _), number in zip(_METHODS, rates, strict=True)
    )


@dataclass
class FakeRangeTest:
    """Takes as many steps as it is told to."""

    number: int
    optimizers: tuple[str, ...] = ("adam",)
    batch_sizes: tuple[int, ...] = (32,)
    repeats: int = 3
    range: tuple[float, float] = (1e-6, 10.0)
    curves: list[RangeCurve] = field(default_factory=list)
    results: list[RangeResult] = field(default_factory=list)
    ended: bool = False
    error: Text | None = None

    @property
    def planned(self) -> int:
        return len(self.optimizers) * len(self.batch_sizes) * self.repeats

    @property
    def complete(self) -> bool:
        return len(self.curves) == self.planned and self.curves[-1].status != "running"

    def grow(self, points: int) -> None:
        """Add points to the last curve, or begin the next."""
        if not self.curves or self.curves[-1].status != "running":
            self.curves = [*self.curves, self._fresh()]
        last = self.curves[-1]
        rates = np.geomspace(*self.range, STEPS)[: len(last.rates) + points]
        status = "finished" if len(rates) == STEPS else "running"
        self.curves[-1] = replace(last, rates=rates, losses=losses(rates, last.seed), status=status)
        if status == "finished" and len(self.curves) % self.repeats == 0:
            self.results = [*self.results, self.result()]

    def result(self, rate: float | None = 0.003141) -> RangeResult:
        """Return what came of the optimizer and batch size that were tested last."""
        last, verdict = self.curves[-1], CLEAR if rate is not None else UNCLEAR
        between = None if rate is None else (0.0003, 0.01)
        repeats = tuple(self.curves[-self.repeats :])
        return RangeResult(last.optimizer, last.batch_size, repeats, suggestions(rate), verdict, between)

    def end(self, *, stopped: bool = False, rate: float | None = 0.003141, error: Text | None = None) -> None:
        """Take no further step: stopped, with this outcome of the last optimizer and batch size, or with an error."""
        if stopped and self.curves:
            self.curves[-1] = replace(self.curves[-1], status="stopped")
        elif error is None:
            while not self.complete:
                self.grow(STEPS)
            self.results = [*self.results[:-1], self.result(rate)]
        self.error, self.ended = error, True

    def _fresh(self) -> RangeCurve:
        pairs = [(optimizer, size) for optimizer in self.optimizers for size in self.batch_sizes]
        optimizer, size = pairs[len(self.curves) // self.repeats]
        return RangeCurve(optimizer, size, seed=len(self.curves) % self.repeats)
