"""SageMaker Debugger's built-in rules with their default parameters."""

from __future__ import annotations

import numpy as np

from kerastune_widget.core import signals
from kerastune_widget.core.history import History

from ..baseline import Baseline, loss_broke

SOURCE = (
    "Amazon SageMaker Debugger, list of built-in rules (and Rauschmayr et al., MLSys 2021), default parameters. "
    "Its steps are epochs here, as each rule reads what was saved; PoorWeightInitialization reads the spread of "
    "activations before training, SaturatedActivation the probe's share of saturated outputs."
)
VANISHED = 1e-7
OVERFIT_RATIO, OVERFIT_PATIENCE = 0.1, 1
LOSS_STEPS, LOSS_PERCENT = 10, 0.1
TRAIN_PATIENCE, VALIDATION_PATIENCE, DELTA = 5, 10, 0.01
LAYER_SHARE = 0.5
IMBALANCE = 10.0
LARGEST_VARIANCE, LEAST_VARIANCE = 10.0, 1e-5
VARIANCE_RATIO = 10.0
LARGE_UPDATE, SMALL_UPDATE = 10.0, 1e-8


def check(history: History) -> set[str]:
    return {name for name, test in _TESTS.items() if test(history)}


def _vanishing(history: History) -> bool:
    return any((_finite(values) < VANISHED).any() for values in history.signal(signals.GRADIENT_MEAN).values())


def _exploding(history: History) -> bool:
    measured = [
        values for name in (signals.GRADIENT_NORM, signals.WEIGHT_NORM) for values in history.signal(name).values()
    ]
    return loss_broke(history) or any(np.isinf(values).any() for values in measured)


def _dead_relu(history: History) -> bool:
    return any((_finite(values) > LAYER_SHARE).any() for values in history.signal(signals.DEAD_UNITS).values())


def _saturated(history: History) -> bool:
    return any((_finite(values) > LAYER_SHARE).any() for values in history.signal(signals.SATURATED).values())


def _poor_initialization(history: History) -> bool:
    first = [values[0] for values in history.signal(signals.ACTIVATION_SPREAD).values() if len(values)]
    variances = np.square([value for value in first if np.isfinite(value)])
    return len(variances) > 1 and bool(variances.max() > VARIANCE_RATIO * variances.min())


def _tensor_variance(history: History) -> bool:
    spreads = [_finite(values) ** 2 for values in history.signal(signals.ACTIVATION_SPREAD).values()]
    return any(((one > LARGEST_VARIANCE) | (one < LEAST_VARIANCE)).any() for one in spreads)


def _update_ratio(history: History) -> bool:
    ratios = [_finite(values) for values in history.signal(signals.UPDATE_RATIO).values()]
    return any(((one > LARGE_UPDATE) | (one < SMALL_UPDATE)).any() for one in ratios)


def _overfit(history: History) -> bool:
    train, valid = history.series("loss"), history.series("val_loss")
    both = min(len(train), len(valid))
    ratio = (valid[:both] - train[:both]) / np.abs(train[:both])
    return int((ratio > OVERFIT_RATIO).sum()) > OVERFIT_PATIENCE


def _loss_not_decreasing(history: History) -> bool:
    loss = history.series("loss")
    return any(
        loss[last] > loss[last - LOSS_STEPS] * (1 - LOSS_PERCENT / 100)
        for last in range(LOSS_STEPS, len(loss), LOSS_STEPS)
    )


def _overtraining(history: History) -> bool:
    train = _without_gain(history.series("loss")) > TRAIN_PATIENCE
    return train or _without_gain(history.series("val_loss")) > VALIDATION_PATIENCE


def _without_gain(loss: np.ndarray) -> int:
    """Return the longest stretch of epochs in which the loss did not fall by a hundredth below its best."""
    best, longest, waited = float("inf"), 0, 0
    for value in loss:
        waited = 0 if value < best - DELTA else waited + 1
        best, longest = min(best, value), max(longest, waited)
    return longest


def _class_imbalance(history: History) -> bool:
    targets = history.data.targets if history.data else ()
    return any(one.counts and max(one.counts) > IMBALANCE * max(min(one.counts), 1) for one in targets)


def _finite(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]


_TESTS = {
    "VanishingGradient": _vanishing,
    "ExplodingTensor": _exploding,
    "DeadRelu": _dead_relu,
    "SaturatedActivation": _saturated,
    "PoorWeightInitialization": _poor_initialization,
    "TensorVariance": _tensor_variance,
    "WeightUpdateRatio": _update_ratio,
    "Overfit": _overfit,
    "LossNotDecreasing": _loss_not_decreasing,
    "Overtraining": _overtraining,
    "ClassImbalance": _class_imbalance,
}
MEANS = {
    "VanishingGradient": frozenset({"vanishing-gradients", "saturating-activations"}),
    "ExplodingTensor": frozenset({"exploding-gradients", "diverging", "not-finite-data"}),
    "DeadRelu": frozenset({"dying-relu"}),
    "SaturatedActivation": frozenset({"saturation"}),
    "PoorWeightInitialization": frozenset({"poor-initializer", "bad-initial-loss"}),
    "TensorVariance": frozenset({"input-scale", "poor-initializer", "exploding-gradients"}),
    "WeightUpdateRatio": frozenset({"learning-rate-too-high", "learning-too-slow", "frozen-layers"}),
    "Overfit": frozenset({"overfitting", "overconfidence"}),
    "LossNotDecreasing": frozenset(
        {"learning-too-slow", "underfitting", "plateau", "no-better-than-trivial", "rising-together", "diverging"}
    ),
    "Overtraining": frozenset({"plateau", "overfitting"}),
    "ClassImbalance": frozenset({"class-imbalance"}),
}
BASELINE = Baseline("SageMaker Debugger", SOURCE, MEANS, check)
