"""AutoTrainer's detector of five training problems."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kerastune_widget.core import signals
from kerastune_widget.core.history import History

from ..baseline import Baseline, loss_broke

SOURCE = (
    "Zhang, Zhai, Ma, Shen: AutoTrainer, ICSE 2021, with the default parameters of its code, checked every third "
    "epoch. It needs accuracy, so regression gives nothing but NaN."
)
EVERY = 3  # epochs
GRADIENT_RATIO, FIRST_GRADIENT = 1e-3, 1e-4  # beta 1 and 2
EXPLODED = 70.0  # beta 3
ZEROS = 0.7  # gamma
SWING, SWINGS = 0.03, 0.2  # zeta, eta
GAIN = 0.01  # delta
SATISFIED = 0.7  # theta
RUNAWAY_LOSS = 1e5
JUDGED_FROM = 0.3  # of the planned epochs


def check(history: History) -> set[str]:
    """Return what it says first: it stops training there."""
    for epochs in range(1, history.epoch_count + 1, EVERY):
        found = _at(history, epochs)
        if found:
            return {found}
    return {"exploding gradient"} if loss_broke(history) else set()


def _at(history: History, epochs: int) -> str | None:
    valid = history.series("val_loss")[:epochs]
    if not np.isfinite(valid).all() or (valid >= RUNAWAY_LOSS).any():
        return "exploding gradient"
    train, judged = history.series("accuracy")[:epochs], history.series("val_accuracy")[:epochs]
    if not len(judged) or epochs < JUDGED_FROM * (history.planned_epochs or history.epoch_count):
        return None
    slow = _best_gain(train) < GAIN and _best_gain(judged) < GAIN
    if slow or max(judged) < SATISFIED or max(train) < SATISFIED:
        return _gradient_problem(history, epochs) or ("slow convergence" if slow else None)
    return "oscillating loss" if _swings(train) else None


def _gradient_problem(history: History, epochs: int) -> str | None:
    zeros = _latest(history.signal(signals.GRADIENT_ZEROS), epochs)
    norms = _latest(history.signal(signals.GRADIENT_NORM), epochs)
    if zeros and np.mean(zeros) >= ZEROS:
        return "dying ReLU"
    if len(norms) < 2 or not norms[-1] > 0:
        return None
    if norms[0] / norms[-1] > EXPLODED:
        return "exploding gradient"
    vanished = norms[0] / norms[-1] < GRADIENT_RATIO and norms[0] < FIRST_GRADIENT
    return "vanishing gradient" if vanished else None


def _latest(signal: Mapping[str, np.ndarray], epochs: int) -> list[float]:
    """Return the last value of each layer that was measured by then; the probe leaves epochs out."""
    known = [one[: epochs + 1][np.isfinite(one[: epochs + 1])] for one in signal.values()]
    return [float(one[-1]) for one in known if len(one)]


def _best_gain(accuracy: np.ndarray) -> float:
    return float(np.diff(accuracy).max(initial=0.0))


def _swings(accuracy: np.ndarray) -> bool:
    before, here, after = accuracy[:-2], accuracy[1:-1], accuracy[2:]
    tops, bottoms = here[(here >= before) & (here >= after)], here[(here <= before) & (here <= after)]
    both = min(len(tops), len(bottoms))
    return both > 0 and int((tops[:both] - bottoms[:both] >= SWING).sum()) >= SWINGS * len(accuracy)


MEANS = {
    "vanishing gradient": frozenset({"vanishing-gradients", "saturating-activations"}),
    "exploding gradient": frozenset({"exploding-gradients", "diverging", "learning-rate-too-high", "not-finite-data"}),
    "dying ReLU": frozenset({"dying-relu"}),
    "oscillating loss": frozenset({"oscillation"}),
    "slow convergence": frozenset({"learning-too-slow", "underfitting", "no-better-than-trivial", "plateau"}),
}
BASELINE = Baseline("AutoTrainer", SOURCE, MEANS, check)
