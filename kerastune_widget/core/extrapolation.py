"""What more epochs would bring, judged carefully from the pace at which a curve slowed down so far."""

from __future__ import annotations

from .curves import Numbers, gain_at_end, tail, trend

UNSEEN_PACE = 0.5  # a curve that only began to fall in its last third may as well stop soon


def further_gain(values: Numbers) -> float:
    """Return how far ``values`` would fall in as many epochs again as "the end" of the run took.

    The last third fell by some share of what the third before it fell by; the next one is taken to fall by the same
    share of the last (an exponential decay). Curves of networks mostly slow down less than that (a power law), so
    that this is a careful guess. Never more than the last third itself brought.
    """
    gain, long = gain_at_end(values), tail(len(values))
    if gain <= 0.0 or len(values) < 2 * long:
        return UNSEEN_PACE * max(gain, 0.0)
    before, last = -trend(values[-2 * long : -long]).change, -trend(values[-long:]).change
    return gain * (min(max(last / before, 0.0), 1.0) if before > 0.0 else UNSEEN_PACE)
