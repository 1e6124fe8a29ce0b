"""Whether a difference of two runs is more than chance makes, once repeated runs have told how much that is."""

from __future__ import annotations

import math

from .text import Text

_BELOW = Text(
    en="Below the noise floor of {floor}: single runs differ by so much by chance alone.",
    zh="低于噪声下限 {floor}：仅因随机性，单次运行之间就会相差这么多。",
)


def is_noise(first: float, second: float, floor: float | None) -> bool:
    """Return whether two values differ by less than the noise floor.

    Args:
        first: A metric of one run.
        second: The same of another.
        floor: The noise floor of that metric, see ``repeat.noise_floor``; None while it is not known.
    """
    return floor is not None and math.isfinite(first) and math.isfinite(second) and abs(second - first) < floor


def below(floor: float) -> Text:
    """Return the sentence on a difference that is noise."""
    return _BELOW.filled(floor=f"{floor:.3g}")
