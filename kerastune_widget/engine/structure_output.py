"""Which output and loss fit the targets, told from the targets and from what the user compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.data_profile import TargetKind
from ..core.data_targets import target_kind
from ..core.profile_compile import name_of
from ..core.text import Text
from .arrays import flatten
from .dataset import ArrayData, Dataset
from .structure import OutputMatch
from .structure_layers import Head, head_of, is_layered

REGRESSION_LOSSES = (
    *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error"),
    *("mean_squared_logarithmic_error", "huber", "log_cosh"),
)
_FAMILIES: dict[TargetKind, tuple[str, tuple[str, ...]]] = {
    "binary": ("sigmoid", ("binary_crossentropy", "binary_focal_crossentropy")),
    "multi_label": ("sigmoid", ("binary_crossentropy", "binary_focal_crossentropy")),
    "classes": ("softmax", ("sparse_categorical_crossentropy",)),
    "one_hot": ("softmax", ("categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence")),
    "regression": ("linear", REGRESSION_LOSSES),
}

_SIGNED = ("tanh", ("hinge", "squared_hinge"))  # for -1 and 1, which suit no cross-entropy

_OWN_CLASS = Text(
    en="Only the output of a Sequential or Functional model can be changed; this one is a {kind}.",
    zh="只能更改 Sequential 或 Functional 模型的输出；此模型是 {kind}。",
)
_OUTPUTS = Text(
    en="The model has {count} outputs; only a single one can be matched.",
    zh="模型有 {count} 个输出；只能匹配单个输出。",
)
_NO_HEAD = Text(
    en="The output is not one row of numbers made by a Dense layer.", zh="输出不是由 Dense 层产生的一行数值。"
)
_OWN_LOSS = Text(
    en="The loss is your own, so the output that fits it is not known.",
    zh="损失函数是自定义的，无法判断与之匹配的输出。",
)
_STREAM = Text(
    en="The targets come as a stream, so what they are cannot be told beforehand.",
    zh="目标以数据流的形式到来，无法预先判断其类型。",
)
_UNCLEAR = Text(
    en="The targets do not tell whether they are classes or amounts.", zh="无法从目标判断它们是类别还是数量。"
)
_FITS = Text(
    en="Output and loss fit the targets already: {units} × {activation}, {loss}.",
    zh="输出与损失已与目标匹配：{units} × {activation}，{loss}。",
)


@dataclass(frozen=True)
class _Compiled:
    """The output as it is.

    Attributes:
        units: Its length.
        activation: What acts on it last.
        loss: Keras's name of its loss.
        from_logits: Whether the loss applies the activation itself.
    """

    units: int
    activation: str
    loss: str
    from_logits: bool

    @property
    def acts(self) -> str:
        """What acts on it last, the loss's own share included; "" for an activation that acts twice."""
        if not self.from_logits:
            return self.activation
        own = "sigmoid" if self.loss.startswith("binary") else "softmax"
        return own if self.activation == "linear" else ""


def match_output(model: Any, dataset: Dataset) -> OutputMatch | Text:
    """Return the output and loss that fit the targets, or why there is nothing to change.

    Args:
        model: The user's compiled model, or a copy of it; built, if it is a Sequential or Functional one.
        dataset: The data that it is to be trained on.
    """
    if not is_layered(model) or not model.built:
        return _OWN_CLASS.filled(kind=type(model).__name__)
    if len(model.outputs) != 1:
        return _OUTPUTS.filled(count=len(model.outputs))
    head, loss = head_of(model), the_loss(model)
    if head is None or len(model.outputs[0].shape) != 2:
        return _NO_HEAD
    if not name_of(loss):
        return _OWN_LOSS
    targets = _targets(dataset)
    if isinstance(targets, Text):
        return targets
    return _matched(_compiled(head, loss), targets)


def the_loss(model: Any) -> Any:
    """Return the loss of the one output, taken out of any list or dict."""
    losses = flatten(model.loss)
    return losses[0] if len(losses) == 1 else None


def _compiled(head: Head, loss: Any) -> _Compiled:
    options = getattr(loss, "_fn_kwargs", None) or {}
    logits = options.get("from_logits", getattr(loss, "from_logits", False))
    return _Compiled(head.layer.units, head.activation, name_of(loss), bool(logits))


def _targets(dataset: Dataset) -> NDArray[Any] | Text:
    parts = [part for part in (dataset.training, dataset.validation) if part is not None]
    if not isinstance(dataset.training, ArrayData):
        return _STREAM
    found = [flatten(part.y) for part in parts if isinstance(part, ArrayData)]
    if any(len(arrays) != 1 for arrays in found):
        return _UNCLEAR
    rows = [arrays[0].reshape(len(arrays[0]), -1) for arrays in found if arrays[0].ndim <= 2]
    if len(rows) < len(found) or len({array.shape[1] for array in rows}) != 1:
        return _UNCLEAR
    y = np.concatenate(rows)
    return y if y.size and bool(np.isfinite(y).all()) else _UNCLEAR


def _matched(now: _Compiled, y: NDArray[Any]) -> OutputMatch | Text:
    kind = target_kind(y, _classifies(now))
    if kind == "classes" and y.shape[1] > 1:
        return _UNCLEAR
    activation, losses = _SIGNED if kind == "binary" and y.min() < 0 else _FAMILIES[kind]
    loss = now.loss if now.loss in losses else losses[0]
    match = OutputMatch(_units(kind, y, now), activation, loss)
    two_classes = kind == "binary" and now.units == 2 and now.acts == "softmax" and now.loss.startswith("sparse")
    distances = losses is _SIGNED[1] and now.activation == "linear" and loss == now.loss  # a hinge takes any number
    if (
        two_classes
        or (distances and now.units == 1)
        or (now.units, now.acts, now.loss) == (match.units, activation, loss)
    ):
        return _FITS.filled(units=now.units, activation=now.activation, loss=now.loss)
    return match


def _classifies(now: _Compiled) -> bool | None:
    """Return whether the user takes whole numbers for classes; None when the compiled output does not say."""
    if now.loss.startswith("sparse") or now.acts == "softmax":
        return True
    return False if now.units == 1 and now.activation == "linear" and now.loss in REGRESSION_LOSSES else None


def _units(kind: TargetKind, y: NDArray[Any], now: _Compiled) -> int:
    """Return how many units fit; more classes than the data show are left to a user who compiled them so."""
    if kind != "classes":
        return int(y.shape[1])
    classes = int(y.max()) + 1
    return max(classes, now.units) if now.loss.startswith("sparse") else classes
