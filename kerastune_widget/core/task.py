"""What a run has to do, as far as is known: its loss by name, its classes, and what knowing nothing would score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .curves import Numbers, accuracy
from .history import History

FEW_ROWS = 100
"""So many and more are not counted by their accuracies."""

FEWEST_SHARES, FEWEST_REPEATED = 5, 3
ROUNDED = 1000
FLOAT_NOISE = 1e-10

_SQUARED = ("meansquarederror", "mse")
_ABSOLUTE = ("meanabsoluteerror", "mae")
_CATEGORICAL = ("categoricalcrossentropy", "sparsecategoricalcrossentropy")


@dataclass(frozen=True)
class Task:
    """What the single output of a run has to do; nothing is known of several.

    Attributes:
        loss: Name of the loss without underscores, lower case; "" when unknown.
        classes: How many classes; None for regression and when unknown.
        trivial: What a model that knows nothing of the inputs gets, by metric (see ``TargetProfile.trivial``); of
            balanced classes when only their number is known.
        majority: Share of the commonest class among training rows; NaN when unknown.
        validation_majority: The same among validation rows; 0 when unknown. By chance a constant guess gets that much.
        rows: Training rows; None when unknown.
        validation_rows: Validation rows; None when unknown.
        penalized: Whether a weight penalty is known to be part of the loss.
    """

    loss: str = ""
    classes: int | None = None
    trivial: Mapping[str, float] = field(default_factory=dict)
    majority: float = np.nan
    validation_majority: float = 0.0
    rows: int | None = None
    validation_rows: int | None = None
    penalized: bool = False

    @property
    def trivial_loss(self) -> float:
        """The loss of the trivial model; NaN when unknown."""
        return self.trivial.get(measure_of(self.loss, self.classes), np.nan)


def read_task(history: History) -> Task:
    """Return what is known of the task of ``history``."""
    data, model = history.data, history.model
    targets = data.targets if data is not None else ()
    target = targets[0] if len(targets) == 1 else None
    outputs = model.outputs if model is not None else ()
    name = str(history.facts.get("loss_name") or (outputs[0].loss if len(outputs) == 1 else ""))
    classes = target.classes if target is not None else history.facts.get("classes")
    return Task(
        loss=name.lower().replace("_", ""),
        classes=classes,
        trivial=target.trivial if target is not None and target.trivial else _balanced(classes),
        majority=_largest_share(target.counts, np.nan) if target is not None else np.nan,
        validation_majority=_largest_share(target.validation_counts, 0.0) if target is not None else 0.0,
        rows=history.facts.get("training_rows") or (data.rows if data is not None else None),
        validation_rows=validation_rows(history),
        penalized=_penalized(history),
    )


def _largest_share(counts: Sequence[int], unknown: float) -> float:
    return max(counts) / sum(counts) if sum(counts) else unknown


def validation_rows(history: History) -> int | None:
    """Return how many rows validate; None when unknown or none."""
    known = history.facts.get("validation_rows")
    return known or (history.data.validation_rows if history.data is not None else None) or None


def rows_told_by(shares: Numbers) -> int | None:
    """Return the least number of rows of which all accuracies are whole fractions; None when it is not small.

    Five different values do, or three that come back: of 1,000 rows and more, that is no chance. Values written with
    few digits are whole fractions of 1,000 whatever the rows were; floats in full are not.

    Args:
        shares: Accuracies, from 0 to 1; NaN where there is none.
    """
    known = shares[np.isfinite(shares)]
    seen = np.unique(known.round(7))
    repeated = len(known) >= max(2 * len(seen), FEWEST_SHARES + 1)
    if len(seen) < (FEWEST_REPEATED if repeated else FEWEST_SHARES):
        return None
    in_full = bool((np.abs(known - known.round(4)) > FLOAT_NOISE).any())
    for rows in range(2, FEW_ROWS):
        if np.abs(seen * rows - np.round(seen * rows)).max() < 1e-5 * rows:
            return rows if ROUNDED % rows or in_full else None
    return None


def judging_rows(history: History) -> int | None:
    """Return how many rows validate, as known or as their accuracies tell; None when neither does."""
    return validation_rows(history) or rows_told_by(accuracy(history, "val_accuracy"))


def judged_by_few(history: History) -> bool:
    """Return whether so few rows validate, as far as that can be told, that chance alone moves what they say."""
    return (judging_rows(history) or FEW_ROWS) < FEW_ROWS


def classifies(history: History) -> bool:
    """Return whether the run is known to classify."""
    return bool(read_task(history).classes) or len(accuracy(history)) > 0


def measure_of(loss: str, classes: int | None) -> str:
    """Return the trivial model's metric that a loss can be held against; "" when there is none."""
    if loss in _SQUARED:
        return "mean_squared_error"
    if loss in _ABSOLUTE:
        return "mean_absolute_error"
    binary = loss == "binarycrossentropy" and classes == 2
    return "cross_entropy" if binary or (loss in _CATEGORICAL and (classes or 0) > 1) else ""


def _balanced(classes: int | None) -> dict[str, float]:
    return {"accuracy": 1.0 / classes, "cross_entropy": float(np.log(classes))} if classes and classes > 1 else {}


def _penalized(history: History) -> bool:
    layers = history.model.layers if history.model is not None else ()
    changed = [change.new for change in history.changes if change.name == "l2"]
    strength = changed[-1] if changed else history.hyperparameters.get("l2")
    return bool(strength) or any(layer.l1 or layer.l2 for layer in layers)
