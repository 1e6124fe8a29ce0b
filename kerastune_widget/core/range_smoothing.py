"""Smoothing of the batch losses of a range test: a moving average that looks both ways, so that nothing is shifted."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DECADES = 0.2
"""Standard deviation of the weights, in factors of ten of the rate: narrow enough to show where the loss falls."""

_LEAST_STEPS = 0.7
_MOST_SHARE = 0.25  # of all steps, for each factor of ten


def smoothed(rates: Numbers, losses: Numbers, decades: float = DECADES) -> Numbers:
    """Return the losses averaged with their neighbours, by the weights of a normal distribution; same length.

    Losses that are not finite are left as they are and out of the averages.

    Args:
        rates: The rate of each step, ascending, float64.
        losses: The batch loss of each step, float64.
        decades: Standard deviation of the weights, in factors of ten of the rate; a fifth of one is a twentieth of the
            curve at most, which counts with linear spacing.
    """
    if len(losses) < 2:
        return losses.copy()
    weights = _weights(rates, decades)
    reach = len(weights) // 2
    finite = np.isfinite(losses)
    sums = np.convolve(np.where(finite, losses, 0.0), weights)[reach:-reach]
    counts = np.convolve(finite.astype(float), weights)[reach:-reach]
    return np.where(finite, sums / np.where(finite, counts, 1.0), losses)


def noise_left(rates: Numbers, decades: float = DECADES) -> float:
    """Return by what smoothing multiplies the standard deviation of losses that scatter independently, 0 to 1."""
    if len(rates) < 2:
        return 1.0
    weights = _weights(rates, decades)
    return float(np.sqrt((weights**2).sum()) / weights.sum())


def _weights(rates: Numbers, decades: float) -> Numbers:
    decades_per_step = float(np.median(np.diff(np.log10(rates))))
    wanted = decades / decades_per_step if decades_per_step > 0 else math.inf
    width = max(_LEAST_STEPS, min(wanted, _MOST_SHARE * decades * len(rates)))
    reach = math.ceil(3 * width)
    return cast(Numbers, np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2))
