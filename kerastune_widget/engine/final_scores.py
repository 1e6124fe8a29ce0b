"""What a trained model gets on the rows that judge it, by metrics that mean the same whatever its loss counts."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.data_profile import TargetKind
from ..core.data_targets import class_labels, target_kind
from ..core.profile_model import profile_model
from ..core.proof import ACCURACY, BALANCED, ERROR
from .arrays import flatten, take
from .dataset import ArrayData, Data

logger = logging.getLogger(__name__)

MOST_ROWS = 4096
_ROWS_AT_ONCE = 256


def final_scores(model: Any, data: Data, *, classification: bool | None, batch_size: int | None) -> dict[str, float]:
    """Return accuracy and mean recall of the classes of a classifier, the root mean squared error of a regression.

    Args:
        model: A compiled model with a single output; others have no scores.
        data: The rows that judge; of many, some are taken at equal distances. A stream has no scores.
        classification: Whether whole numbers are class numbers; None to judge by the numbers.
        batch_size: The batch size that the model insists on, if any.
    """
    targets = flatten(data.y) if isinstance(data, ArrayData) else []
    if not isinstance(data, ArrayData) or len(targets) != 1:
        return {}
    try:
        size = batch_size or _ROWS_AT_ONCE
        rows = np.linspace(0, data.rows - 1, min(data.rows, MOST_ROWS)).astype(np.intp)
        rows = rows[: len(rows) // size * size] if batch_size else rows
        predictions = _predict(model, data.x, rows, size)
        kind = target_kind(targets[0], classification)
        return _scores(predictions, targets[0][rows], kind, threshold=_threshold(model, targets[0]))
    except Exception:  # of whatever kind: a score is worth no run
        logger.exception("The trained model could not be scored")
        return {}


def _predict(model: Any, x: Any, rows: NDArray[np.intp], size: int) -> NDArray[Any]:
    parts = [model(take(x, rows[at : at + size]), training=False) for at in range(0, len(rows), size)]
    return np.concatenate([np.asarray(part) for part in parts])


def _threshold(model: Any, targets: NDArray[Any]) -> float:
    """Return above which number a single output means the second class."""
    profile = profile_model(model)
    logits = profile is not None and len(profile.outputs) == 1 and profile.outputs[0].from_logits
    return 0.0 if logits or targets.min() < 0 else 0.5


def _scores(
    predictions: NDArray[Any], targets: NDArray[Any], kind: TargetKind, *, threshold: float
) -> dict[str, float]:
    labels = class_labels(targets, kind)
    if labels is None:
        return _error(predictions, targets) if kind == "regression" else {}
    chosen = _classes(predictions, kind, threshold)
    if chosen.size != labels.size:
        return {}
    right = chosen.reshape(labels.shape) == labels
    recalls = [float(right[labels == label].mean()) for label in np.unique(labels)]
    return {ACCURACY: float(right.mean()), BALANCED: float(np.mean(recalls))}


def _classes(predictions: NDArray[Any], kind: TargetKind, threshold: float) -> NDArray[Any]:
    if predictions.shape[-1] > 1:
        return np.asarray(predictions.argmax(axis=-1))
    return np.asarray(predictions > threshold if kind == "binary" else np.rint(predictions), dtype=np.int64)


def _error(predictions: NDArray[Any], targets: NDArray[Any]) -> dict[str, float]:
    if predictions.size != targets.size:
        return {}
    difference = predictions.reshape(targets.shape).astype(np.float64) - targets
    return {ERROR: float(np.sqrt(np.mean(np.square(difference))))}
