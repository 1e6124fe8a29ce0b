"""Which metrics a run can watch: those that Keras will log, as far as the compiled model tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from ..core.control import Choice
from ..core.improvement import MONITORED
from ..core.metric_direction import direction
from ..core.text import Text
from .dataset import Dataset
from .template import ModelTemplate

_VALIDATION = Text(en="validation {name}", zh="验证 {name}")
_TRAINING = Text(en="training {name}", zh="训练 {name}")
_LOSSES = {"val_loss": Text(en="validation loss", zh="验证损失"), "loss": Text(en="training loss", zh="训练损失")}


def usual_monitor(dataset: Dataset) -> str:
    """Return what is watched unless something else is named."""
    return MONITORED[0] if dataset.validation is not None else MONITORED[1]


def monitor_choices(template: ModelTemplate, dataset: Dataset) -> tuple[Choice, ...]:
    """Return the metrics that can be watched, the loss first; those of which the better way is not known are left out.

    Args:
        template: The user's model.
        dataset: Whether there are validation data.
    """
    names = ["loss", *(name for name in dict.fromkeys(_metric_names(template.example)) if direction(name))]
    sides = ("val_", "") if dataset.validation is not None else ("",)
    return tuple(Choice(side + name, _title(side + name)) for side in sides for name in names)


def _title(name: str) -> Text:
    bare = name.removeprefix("val_")
    return _LOSSES.get(name) or (_TRAINING if bare == name else _VALIDATION).filled(name=bare)


def _metric_names(model: Any) -> list[str]:
    """Return the compiled metrics by the names that Keras logs them under; of several outputs, after the output's."""
    compiled = getattr(model, "_compile_config", None)
    config: Mapping[str, Any] = compiled.config if compiled is not None else {}
    outputs = list(getattr(model, "output_names", None) or ()) if getattr(model, "built", False) else []
    names: list[str] = []
    for argument, second in (("metrics", ""), ("weighted_metrics", "weighted_")):
        for output, metric in _by_output(config.get(argument), outputs):
            before, name = (f"{output}_" if output else ""), _name_of(metric)
            taken = before + name in names and second
            names.append(f"{before}{second if taken else ''}{name}")
    return names


def _by_output(given: Any, outputs: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield each metric with its output; "" where there is one only."""
    if isinstance(given, Mapping):
        pairs = list(given.items())
    elif len(outputs) > 1:
        pairs = list(zip(outputs, _listed(given), strict=False))
    else:
        pairs = [("", keras.tree.flatten(_listed(given)))]
    yield from ((output, metric) for output, metrics in pairs for metric in _listed(metrics))


def _listed(metrics: Any) -> list[Any]:
    if metrics is None:
        return []
    return list(metrics) if isinstance(metrics, list | tuple) else [metrics]


def _name_of(metric: Any) -> str:
    name = metric if isinstance(metric, str) else getattr(metric, "name", None) or getattr(metric, "__name__", "")
    return str(name)
