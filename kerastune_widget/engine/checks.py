"""Bad input, refused with one clear sentence before anything trains."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..errors import DataError
from .arrays import flatten
from .dataset import ArrayData, Data, class_labels
from .template import ModelTemplate

_NOT_FINITE = Text(
    en="{count} of {total} input numbers in the {role} data are NaN or infinite; the loss can become NaN.",
    zh="{role}数据的 {total} 个输入数值中有 {count} 个是 NaN 或无穷；损失可能变成 NaN。",
)
_ROLES = {"training": Text(en="training", zh="训练"), "validation": Text(en="validation", zh="验证")}


def check_fits_model(template: ModelTemplate, data: Data, role: str) -> None:
    """Compare the data's shapes and labels with the model's inputs and outputs, where both are known.

    Raises:
        DataError: If they cannot go together.
    """
    parts = data.packed() if isinstance(data, ArrayData) else data.example
    model = template.example
    has_targets = len(parts) > 1 and parts[1] is not None
    if not has_targets and model.loss is not None and _compares_by_keras(model):
        raise DataError(
            f"The model's loss compares its output with targets, but the {role} data have no y. Pass (x, y); "
            "a model that learns to repeat its input takes (x, x)."
        )
    if not model.built or not getattr(model, "inputs", None):
        return
    _check_inputs(model, parts[0], role)
    if has_targets and _compares_by_keras(model):
        _check_targets(template, parts[1], role)


def _compares_by_keras(model: Any) -> bool:
    """Whether Keras's own code applies the compiled loss to y; a step of the user's own may need any y or none."""
    names = ("train_step", "test_step", "compute_loss", "_compute_loss")
    return all(getattr(type(model), name, None) is getattr(keras.Model, name, None) for name in names)


def _check_inputs(model: Any, x: Any, role: str) -> None:
    arrays = match_inputs(model, x)
    if len(arrays) != len(model.inputs):
        raise DataError(
            f"The model has {len(model.inputs)} inputs ({', '.join(t.name for t in model.inputs)}); "
            f"the {role} x holds {len(arrays)} arrays. Pass a tuple or dict with one array for each."
        )
    for tensor, array in zip(model.inputs, arrays, strict=True):
        wanted, got = tuple(tensor.shape[1:]), array.shape[1:]
        if not _shapes_agree(wanted, got):
            raise DataError(
                f"The model's input {tensor.name!r} takes rows of shape {wanted}; the {role} x has rows of shape {got}."
            )


def match_inputs(model: Any, x: Any) -> list[NDArray[Any]]:
    """Return the arrays of ``x`` in the order of ``model.inputs``, without keys that Keras passes over.

    Args:
        model: A built model that knows its inputs.
        x: Arrays, nested as the user gave them.
    """
    known = getattr(model, "_inputs_struct", None)
    names = [tensor.name for tensor in model.inputs]
    if isinstance(x, dict) and not isinstance(known, dict) and set(names) <= set(x):
        return [x[name] for name in names]
    if isinstance(x, dict) and isinstance(known, dict) and sorted(x)[: len(known)] == sorted(known):
        return flatten({name: x[name] for name in known})  # Keras takes as many as it needs, in alphabetical order
    return flatten(x)


def _shapes_agree(wanted: tuple[int | None, ...], got: tuple[int, ...]) -> bool:
    if len(wanted) == len(got) + 1:
        return wanted[-1] == 1 and _shapes_agree(wanted[:-1], got)  # Keras adds a last axis of 1 itself
    if len(wanted) + 1 == len(got):
        return got[-1] == 1 and _shapes_agree(wanted, got[:-1])  # and takes one away
    return len(wanted) == len(got) and all(want in (None, size) for want, size in zip(wanted, got, strict=True))


def _check_targets(template: ModelTemplate, y: Any, role: str) -> None:
    outputs, targets = template.example.outputs, flatten(y)
    if keras.tree.is_nested(template.example.loss) and len(flatten(template.example.loss)) < len(outputs):
        return  # outputs without a loss may go without targets, or not
    if len(outputs) != len(targets):
        raise DataError(f"The model has {len(outputs)} outputs; the {role} y holds {len(targets)} arrays.")
    if len(outputs) != 1:
        return
    output, target, loss = outputs[0], targets[0], template.loss_name
    if loss.lower().replace("_", "") == "sparsecategoricalcrossentropy":
        _check_labels(template.example.loss, output.shape, target, role)
    elif loss.lower().replace("_", "") == "categoricalcrossentropy" and _columns(target, output) != output.shape[-1]:
        raise DataError(
            f"categorical_crossentropy takes one-hot y with {output.shape[-1]} columns, as the model's output has; "
            f"the {role} y has shape {target.shape}. For whole-number labels use sparse_categorical_crossentropy."
        )


def _columns(target: NDArray[Any], output: Any) -> int:
    """Return how many columns Keras sees: it gives targets that lack the output's last axis one of 1."""
    return 1 if target.ndim < len(output.shape) else int(target.shape[-1])


def _check_labels(loss: Any, output: tuple[int | None, ...], labels: NDArray[Any], role: str) -> None:
    options = getattr(loss, "_fn_kwargs", {})  # of a Loss object; a loss given by name has none
    ignored, classes = options.get("ignore_class"), output[options.get("axis", -1)]
    if labels.ndim == len(output) and labels.shape[-1] == classes and classes != 1:
        raise DataError(
            f"sparse_categorical_crossentropy takes whole-number labels; the {role} y has {classes} columns, one-hot "
            "by the look of it. Use categorical_crossentropy, or y.argmax(axis=-1)."
        )
    counted = labels if ignored is None else labels[labels != ignored]
    if not counted.size:
        return
    low, high = counted.min(), counted.max()
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
    """Return how many classes the targets hold; None unless they are arrays with one class a row."""
    labels = class_labels(data.y) if isinstance(data, ArrayData) and is_classification(template) else None
    return None if labels is None else len(np.unique(labels))


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
