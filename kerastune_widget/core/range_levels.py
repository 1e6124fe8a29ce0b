"""Levels of the loss in a range test: where it began, how much it scatters, and when it has exploded."""

from __future__ import annotations

import numpy as np

from .range_smoothing import Numbers, smoothed

_BEGINNING = 1 / 6  # of the steps: there the rate is still too small to move anything
_FEWEST = 5
_CLEAR = 6.0  # standard deviations of a batch loss
_LEAST_RISE = 0.05  # of the first level: rounding is no explosion where all batches are alike


def level_at_first(losses: Numbers) -> float:
    """Return the loss before training had any effect: the median of the first sixth of the steps, 5 at least."""
    return float(np.median(losses[: beginning(len(losses))]))


def beginning(points: int) -> int:
    """Return how many of the points tell where the loss began."""
    return max(_FEWEST, int(points * _BEGINNING))


def evened(losses: Numbers, batches: int) -> Numbers:
    """Return the losses without what is particular to each batch: some are harder than others at any rate.

    How hard a batch is shows in its first loss, before training had any effect; it comes again once in each pass.

    Args:
        losses: The batch loss of each step.
        batches: Batches in a pass; with more than a quarter of the steps, or unknown (0), nothing is done.
    """
    if not 1 < batches <= len(losses) // 4:
        return losses
    firsts = losses[:batches]
    places = np.arange(len(losses)) % batches
    level = firsts.mean()
    even: Numbers = losses * (level / firsts)[places] if (firsts > 0).all() else losses - (firsts - level)[places]
    return even


def scatter(losses: Numbers) -> float:
    """Return the standard deviation of a batch loss around its trend, from the median step between neighbours."""
    if len(losses) < 2:
        return 0.0
    steps = np.abs(np.diff(losses))
    return float(np.median(steps[np.isfinite(steps)])) / (0.6745 * np.sqrt(2)) if np.isfinite(steps).any() else 0.0


def points_until_divergence(rates: Numbers, losses: Numbers) -> int | None:
    """Return how many points there are up to the one where the loss has exploded, that one included.

    It has when it is not finite, or when its smoothed value is further above the first level than it ever was below
    it, and by more than the batches scatter and a twentieth of the level.

    Args:
        rates: The rate of each step so far, ascending.
        losses: The batch loss of each.

    Returns:
        The number of points; None while it has not exploded.
    """
    broken = np.flatnonzero(~np.isfinite(losses))
    end = int(broken[0]) if len(broken) else len(losses)
    if end > _FEWEST:
        first = level_at_first(losses[:end])
        least = max(_CLEAR * scatter(losses[:end]), _LEAST_RISE * abs(first))
        if losses[:end].max() - first > least:  # else no average of them is; asked after each few steps of a test
            line = smoothed(rates[:end], losses[:end])
            fallen = first - np.minimum.accumulate(line)
            above = line - first > np.maximum(fallen, least)
            above[:_FEWEST] = False
            if above.any():
                return int(np.argmax(above)) + 1
    return int(broken[0]) + 1 if len(broken) else None
