"""What is known of model and data before any training; the rules of the diagnosis may lean on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..core.control import ControlSpec
from .checks import class_count
from .dataset import ArrayData, Data, Dataset, example_rows
from .fingerprint import model_fingerprint
from .structure import MATCHED_OUTPUT, OutputMatch
from .structure_output import match_output
from .template import ModelTemplate


def gather_facts(template: ModelTemplate, dataset: Dataset, controls: Mapping[str, ControlSpec]) -> dict[str, Any]:
    """Return what ``History.facts`` documents, unknown things left out.

    Args:
        template: The user's model.
        dataset: What is trained on.
        controls: What can be set here, by name.
    """
    example = template.example
    match = match_output(template.built_example(example_rows(template.fixed_batch_size, dataset.training)[0]), dataset)
    facts = {
        "training_rows": _rows(dataset.training),
        "validation_rows": None if dataset.validation is None else _rows(dataset.validation),
        "classes": class_count(template, dataset.training),
        "parameters": sum(math.prod(w.shape) for w in example.trainable_weights) if example.built else None,
        "loss_name": template.loss_name,
        "scheduled": template.optimizer.schedule is not None,
        "model_id": model_fingerprint(template),
        "disabled_controls": [name for name, spec in controls.items() if spec.disabled is not None],
        MATCHED_OUTPUT: match.to_dict() if isinstance(match, OutputMatch) else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _rows(data: Data) -> int | None:
    return data.rows if isinstance(data, ArrayData) else None
