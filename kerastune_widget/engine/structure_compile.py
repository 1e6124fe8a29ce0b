"""Compile arguments for an output that was changed: its loss, and the metrics that still make sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.profile_compile import name_of
from .arrays import flatten
from .structure import OutputMatch
from .structure_output import REGRESSION_LOSSES

_ALWAYS = ("accuracy", "crossentropy")  # Keras resolves these by the output's shape
_BY_THRESHOLD = (
    *("precision", "recall", "auc", "f1_score", "fbeta_score", "sensitivity_at_specificity"),
    *("specificity_at_sensitivity", "precision_at_recall", "recall_at_precision"),
    *("true_positives", "true_negatives", "false_positives", "false_negatives"),
)
_FITTING: dict[str, tuple[str, ...]] = {
    "sparse": ("sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"),
    "binary": ("binary_accuracy", *_BY_THRESHOLD, *REGRESSION_LOSSES[:2]),
    "categorical": ("categorical_accuracy", "top_k_categorical_accuracy", *_BY_THRESHOLD, *REGRESSION_LOSSES[:2]),
}
_CLASSIFYING = ("accuracy", "crossentropy", "hinge", *_BY_THRESHOLD, "iou")


def matched_arguments(arguments: Mapping[str, Any], match: OutputMatch) -> dict[str, Any]:
    """Return compile arguments for the matched output.

    Args:
        arguments: Those of the user's model, its metrics copied.
        match: The output.
    """
    given = flatten(arguments.get("loss"))
    changed = {"loss": _loss(given[0] if len(given) == 1 else None, match)}
    for key in ("metrics", "weighted_metrics"):
        changed[key] = _kept(arguments.get(key), match)
    return {**arguments, **changed}


def _loss(given: Any, match: OutputMatch) -> Any:
    """Return the user's own loss where it fits, options and all, but reading what comes after the activation."""
    if name_of(given) != match.loss:
        return match.loss
    if not hasattr(given, "get_config"):
        return given
    config = given.get_config()
    return type(given).from_config({**config, "from_logits": False}) if config.get("from_logits") else given


def _kept(metrics: Any, match: OutputMatch) -> list[Any] | None:
    if metrics is None:
        return None
    kept: list[Any] = []
    for metric in flatten(metrics):
        if _fits(name_of(metric), match):
            kept.append(metric)
        elif "accuracy" in name_of(metric) and match.activation != "linear" and "accuracy" not in kept:
            kept.append("accuracy")
    return kept


def _fits(name: str, match: OutputMatch) -> bool:
    if not name:
        return True  # a function of the user's own
    if match.loss in REGRESSION_LOSSES:
        return not any(part in name for part in _CLASSIFYING)
    family = next((kind for kind in ("sparse", "categorical") if match.loss.startswith(kind)), "binary")
    return name in (*_ALWAYS, *_FITTING[family], match.loss)
