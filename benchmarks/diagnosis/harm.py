"""Whether a fault did harm: DeepCrime's criterion for a killed mutant (significant and not small), by ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .archive import Recorded

EFFECT = 0.71  # chance that a faulty run is worse than a healthy one: Vargha and Delaney's "large"
CHANCE = 0.05
LEAST_SCORE = 0.02  # two points of accuracy: less spoils no result
LEAST_LOSS = 0.1  # of the healthy program's


def harmed(faulty: Sequence[Recorded], healthy: Sequence[Recorded], *, loss_tells: bool = True) -> bool:
    """Return whether faulty runs ended clearly worse than those of the healthy program.

    Args:
        faulty: Runs with the fault, one a seed.
        healthy: Runs without it.
        loss_tells: Whether their losses are of one scale, so that a higher one is worse.
    """
    if any(not np.isfinite(run.score) for run in faulty):
        return True
    by_score = _worse([-run.score for run in faulty], [-run.score for run in healthy], LEAST_SCORE)
    if by_score or not loss_tells:
        return by_score
    usual = [_last_loss(run) for run in healthy]
    return _worse([_last_loss(run) for run in faulty], usual, LEAST_LOSS * float(np.mean(usual)))


def _last_loss(run: Recorded) -> float:
    return float(np.nan_to_num(run.history.series("val_loss")[-1], nan=1e12, posinf=1e12))


def _worse(given: Sequence[float], usual: Sequence[float], least: float) -> bool:
    """Return whether ``given`` is higher: by enough, and not by chance (Mann-Whitney's test, one-sided)."""
    from scipy.stats import mannwhitneyu

    if np.median(given) - np.median(usual) < least:
        return False
    test = mannwhitneyu(given, usual, alternative="greater")
    return bool(test.pvalue < CHANCE and test.statistic / (len(given) * len(usual)) >= EFFECT)
