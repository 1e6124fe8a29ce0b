"""One pass of a range test: the model trains while the learning rate rises from step to step."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.range_smoothing import Numbers
from ..core.seeds import seeds_of
from .loop import Chunk, Epoch
from .runner import Borrowed

TIMED_STEPS = 4
"""Steps taken to see how long one takes, before a test whose length is open."""


def _own_factors(steps: Numbers, steps_per_epoch: int) -> Numbers:
    """Stand for the epoch's own factors, so that a loop asks for them."""
    raise AssertionError("RangeEpoch.factors answers")


@dataclass(frozen=True)
class RangeEpoch(Epoch):
    """An epoch, or the beginning of one, with a rate of its own for each step.

    Attributes:
        own_factors: What multiplies the rate at each step of this epoch.
    """

    own_factors: Numbers = field(default_factory=lambda: np.empty(0))

    def factors(self, steps: int | None) -> Numbers:
        """Return what multiplies the rate at each step of this epoch, the first one included."""
        return self.own_factors


def take_steps(borrowed: Borrowed, values: Mapping[str, Any], rates: Numbers, heard: Callable[[Chunk], bool]) -> None:
    """Train the model that was lent, from its start, one step at each rate.

    Args:
        borrowed: The model, set to its start.
        values: The hyperparameters.
        rates: The rate of each step.
        heard: Told of the steps, some at a time; returns whether to go on.
    """
    taken, going = 0, True
    factors = borrowed.tunable.factors_for(rates)
    size = values["batch_size"]

    def tick(chunk: Chunk | None) -> bool:
        nonlocal taken, going
        if chunk is not None:
            taken += chunk.steps
            going = heard(chunk)
        return going

    while going and taken < len(rates):
        before = taken
        epoch = RangeEpoch(
            0,  # the same batches in each pass, so that one can be told from the other
            size,
            seeds_of(values).order,
            values["shuffle"],
            class_weight=values["class_weight"],
            schedule=_own_factors,
            ends_before=len(rates) - taken,
            own_factors=factors[taken:],
        )
        borrowed.loop.train(epoch, tick)
        if taken == before:  # a stream that came to its end
            return


def seconds_per_step(borrowed: Borrowed, values: Mapping[str, Any], rate: float) -> float:
    """Return how long a step takes, once traced; the model has then moved."""
    began: list[float] = []

    def heard(chunk: Chunk) -> bool:
        began.extend([time.perf_counter()] * chunk.steps)
        return True

    take_steps(borrowed, values, np.full(TIMED_STEPS, rate), heard)
    return (began[-1] - began[0]) / max(1, len(began) - 1) if began else 0.0
