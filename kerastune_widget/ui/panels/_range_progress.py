"""How far a range test of the learning rate is."""

from __future__ import annotations

import math

from ...core.training import RangeTestLike


def share_done(test: RangeTestLike) -> float:
    """Return how much of a range test is done, from 0 to 1: ended curves, and how far the rate of the last one rose."""
    curves, (low, high) = test.curves, test.range
    done = sum(curve.status != "running" for curve in curves)
    risen = 0.0
    if done < len(curves) and len(curves[-1].rates):
        risen = math.log(curves[-1].rates[-1] / low) / math.log(high / low)
    return min(1.0, (done + max(0.0, risen)) / max(1, test.planned))
