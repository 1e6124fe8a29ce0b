"""How many steps to take in one go, so that Stop, sliders and the chart stay quick whatever the model."""

from __future__ import annotations

_FIRST_SECONDS = 0.015  # a first point soon after the click
_CHUNK_SECONDS = 0.06  # well under the 100 ms that feel immediate (Nielsen, Usability Engineering, 1993, ch. 5)
_SMOOTHING = 0.5


class Pace:
    """Measures seconds per step and proposes chunk lengths."""

    def __init__(self) -> None:
        self._seconds_per_step: dict[int, float] = {}
        self._first = True

    def begin_run(self) -> None:
        """Take the next chunk short."""
        self._first = True

    def steps(self, batch_size: int, remaining: int) -> int:
        """Return how many of the remaining steps to take next; 1 while nothing was measured."""
        seconds = self._seconds_per_step.get(batch_size)
        if seconds is None:
            return 1
        target = _FIRST_SECONDS if self._first else _CHUNK_SECONDS
        self._first = False
        return max(1, min(remaining, int(target / seconds)))

    def known(self, batch_size: int) -> float | None:
        """Return the seconds a step takes; None while nothing was measured."""
        return self._seconds_per_step.get(batch_size)

    def measured(self, batch_size: int, steps: int, seconds: float) -> None:
        """Learn from a chunk that did not trace."""
        now = max(seconds / steps, 1e-6)
        known = self._seconds_per_step.get(batch_size, now)
        self._seconds_per_step[batch_size] = known + _SMOOTHING * (now - known)
