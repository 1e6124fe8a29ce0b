"""What is known of model and data before any training; the rules of the diagnosis may lean on it."""

from __future__ import annotations

import math
from typing import Any

from .checks import class_count
from .dataset import ArrayData, Data, Dataset
from .fingerprint import model_fingerprint
from .template import ModelTemplate


def gather_facts(template: ModelTemplate, dataset: Dataset) -> dict[str, Any]:
    """Return what ``History.facts`` documents, unknown things left out."""
    example = template.example
    facts = {
        "training_rows": _rows(dataset.training),
        "validation_rows": None if dataset.validation is None else _rows(dataset.validation),
        "classes": class_count(template, dataset.training),
        "parameters": sum(math.prod(w.shape) for w in example.trainable_weights) if example.built else None,
        "loss_name": template.loss_name,
        "scheduled": template.optimizer.schedule is not None,
        "model_id": model_fingerprint(template),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _rows(data: Data) -> int | None:
    return data.rows if isinstance(data, ArrayData) else None
