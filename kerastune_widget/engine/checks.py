"""Bad input, refused with one clear sentence before anything trains."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from ..core.text import Text
from ..errors import DataError
from .arrays import flatten
from .dataset import ArrayData, Data, class_labels
from .template import ModelTemplate

_NOT_FINITE = Text(
    en="{count} of {total} input numbers in the {role} data are NaN or infinite; the loss will be NaN.",
    zh="{role}数据的 {total} 个输入数值中有 {count} 个是 NaN 或无穷；损失将变成 NaN。",
)
_ROLES = {"training": Text(en="training", zh="训练"), "validation": Text(en="validation", zh="验证")}


def check_fits_model(template: ModelTemplate, data: Data, role: str) -> None:
    """Compare the data's shapes and labels with the model's inputs and outputs, where both are known.

    Raises:
        DataError: If they cannot go together.
    """
    parts = data.packed() if isinstance(data, ArrayData) else data.example
    model = template.example
    if not model.built or not getattr(model, "inputs", None):
        return
    _check_inputs(model, parts[0], role)
    if len(parts) > 1 and parts[1] is not None:
        _check_targets(template, parts[1], role)


def _check_inputs(model: Any, x: Any, role: str) -> None:
    arrays = flatten(x)
    if len(arrays) != len(model.inputs):
        raise DataError(
            f"The model has {len(model.inputs)} inputs ({', '.join(t.name for t in model.inputs)}); "
            f"the {role} x holds {len(arrays)} arrays. Pass a tuple or dict with one array for each."
        )
    names = [tensor.name for tensor in model.inputs]
    if isinstance(x, dict) and set(x) == set(names):
        arrays = [x[name] for name in names]
    for tensor, array in zip(model.inputs, arrays, strict=True):
        wanted, got = tuple(tensor.shape[1:]), array.shape[1:]
        if not _shapes_agree(wanted, got):
            raise DataError(
                f"The model's input {tensor.name!r} takes rows of shape {wanted}; the {role} x has rows of shape {got}."
            )


def _shapes_agree(wanted: tuple[int | None, ...], got: tuple[int, ...]) -> bool:
    if len(wanted) != len(got):
        return wanted[-1:] == (1,) and _shapes_agree(wanted[:-1], got)  # Keras adds a last axis of 1 itself
    return all(want in (None, size) for want, size in zip(wanted, got, strict=True))


def _check_targets(template: ModelTemplate, y: Any, role: str) -> None:
    outputs, targets = template.example.outputs, flatten(y)
    if len(outputs) != len(targets):
        raise DataError(f"The model has {len(outputs)} outputs; the {role} y holds {len(targets)} arrays.")
    if len(outputs) != 1:
        return
    output, target, loss = outputs[0], targets[0], template.loss_name
    if loss.lower().replace("_", "") == "sparsecategoricalcrossentropy":
        _check_labels(output.shape[-1], target, role)
    elif loss.lower().replace("_", "") == "categoricalcrossentropy" and target.shape[-1] != output.shape[-1]:
        raise DataError(
            f"categorical_crossentropy takes one-hot y with {output.shape[-1]} columns, as the model's output has; "
            f"the {role} y has shape {target.shape}. For whole-number labels use sparse_categorical_crossentropy."
        )


def _check_labels(classes: int | None, labels: Any, role: str) -> None:
    if labels.ndim > 1 and labels.shape[-1] == classes and classes != 1:
        raise DataError(
            f"sparse_categorical_crossentropy takes whole-number labels; the {role} y has {classes} columns, one-hot "
            "by the look of it. Use categorical_crossentropy, or y.argmax(axis=-1)."
        )
    low, high = labels.min(), labels.max()
    if classes is not None and (low < 0 or high >= classes):
        raise DataError(
            f"The model's output has {classes} classes, so labels must lie in 0..{classes - 1}; "
            f"the {role} y has labels from {low} to {high}."
        )


def is_classification(template: ModelTemplate) -> bool:
    """Whether the one loss says that the targets are classes."""
    name = template.loss_name.lower()
    return "crossentropy" in name or "hinge" in name or "focal" in name


def class_count(template: ModelTemplate, data: Data) -> int | None:
    """Return how many classes the targets hold; None for regression, several outputs or a stream."""
    if not isinstance(data, ArrayData) or data.y is None or keras.tree.is_nested(data.y):
        return None
    return len(np.unique(class_labels(data.y))) if is_classification(template) else None


def notice_not_finite(data: Data | None, role: str) -> list[Text]:
    """Return a warning with a count when inputs hold NaN or infinity."""
    if not isinstance(data, ArrayData):
        return []
    floats = [array for array in flatten(data.x) if array.dtype.kind == "f"]
    count = sum(int(array.size - np.isfinite(array).sum()) for array in floats)
    if not count:
        return []
    total = sum(array.size for array in floats)
    names = _ROLES[role]
    return [
        Text(
            en=_NOT_FINITE.get("en", count=count, total=total, role=names.en),
            zh=_NOT_FINITE.get("zh", count=count, total=total, role=names.zh),
        )
    ]
