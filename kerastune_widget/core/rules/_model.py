"""The model's configuration as rules read it: its outputs with their targets, its hidden layers and what joins them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..data_profile import TargetProfile
from ..diagnosis import Severity
from ..history import History
from ..model_profile import LayerProfile, ModelProfile, OutputProfile
from ._fixes import current, number
from ._outcome import outcome

CATEGORICAL = ("categorical_crossentropy", "categorical_focal_crossentropy")
SPARSE = ("sparse_categorical_crossentropy",)
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
DIFFERENCE = (
    *("mean_squared_error", "mean_absolute_error", "root_mean_squared_error", "huber", "log_cosh"),
    *("mean_squared_logarithmic_error", "mean_absolute_percentage_error"),
)
HINGE = ("hinge", "squared_hinge")
ACCURACY = ("accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")

_WEIGHTED = ("Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D")
_TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D")
LINEAR_MAPS = _WEIGHTED + _TRANSPOSED
"""Layers that do nothing but a linear map, up to their activation."""

_NEUTRAL = (
    "Flatten",
    "Reshape",
    "Permute",
    "Identity",
    "RepeatVector",
    "Cropping",
    "ZeroPadding",
    "Pooling",
    "Dropout",
)
_BATCH_NORM = "BatchNormalization"


@dataclass(frozen=True)
class Head:
    """One output of the model, with what it is to learn.

    Attributes:
        output: The output and its loss.
        layer: The layer that makes it; None when unknown.
        target: Its target; None when unknown.
        single: Whether each row has one class: no image, no sequence, and no several labels.
        activated_again: Whether a further activation layer acts on what that layer gives.
    """

    output: OutputProfile
    layer: LayerProfile | None
    target: TargetProfile | None
    single: bool
    activated_again: bool = False

    @property
    def kind(self) -> str:
        """Kind of its target; "" when unknown."""
        return self.target.kind if self.target else ""

    @property
    def units(self) -> int:
        """Length of its last axis; 0 when unknown."""
        return self.output.units or 0

    @property
    def classes(self) -> int:
        """How many classes its target has; 0 when unknown, and for none."""
        return (self.target.classes or 0) if self.target else 0


def heads(history: History) -> list[Head]:
    """Return the outputs with their layers and targets; empty without a model."""
    outputs = history.model.outputs if history.model is not None else ()
    return [_head(history, history.model, output, at) for at, output in enumerate(outputs) if history.model]


def _head(history: History, model: ModelProfile, output: OutputProfile, at: int) -> Head:
    layer, target = model.layer(output.layer), _target(history, output, at)
    after = follower(model, layer)[0] if layer is not None else None
    again = layer is not None and layer.activation != "linear" and after is not None and after.units is None
    return Head(output, layer, target, _is_single(history, target), again and after is not None and not after.dropout)


def _target(history: History, output: OutputProfile, at: int) -> TargetProfile | None:
    targets = history.data.targets if history.data is not None else ()
    named = next((target for target in targets if target.name and target.name in (output.name, output.layer)), None)
    count = len(history.model.outputs) if history.model else 0
    if named is not None or len(targets) != count:
        return named
    return None if count > 1 and targets[at].name and not targets[at].name.isdigit() else targets[at]


def _is_single(history: History, target: TargetProfile | None) -> bool:
    if target is None or history.data is None or not target.counts or target.kind == "multi_label":
        return False
    return sum(target.counts) <= history.data.rows


def hidden_layers(model: ModelProfile) -> list[LayerProfile]:
    """Return the layers that are linear maps with an activation, those of the outputs left out."""
    last = {output.layer for output in model.outputs}
    return [layer for layer in model.layers if layer.kind in LINEAR_MAPS and layer.name not in last]


def receivers(model: ModelProfile) -> dict[str, list[LayerProfile]]:
    """Return by layer name the layers that receive its output, as far as that is known."""
    found: dict[str, list[LayerProfile]] = {layer.name: [] for layer in model.layers}
    for layer in model.layers:
        for source in layer.sources or ():
            found.get(source, []).append(layer)
    return found


def is_neutral(layer: LayerProfile) -> bool:
    """Return whether it hands its input on without bending it: pooling and batch normalisation included."""
    named = any(part in layer.kind for part in _NEUTRAL)
    return (named or layer.kind == _BATCH_NORM or layer.rescales) and layer.activation == "linear"


def follower(model: ModelProfile, layer: LayerProfile) -> tuple[LayerProfile | None, bool]:
    """Return the one layer that receives what ``layer`` gives, neutral ones skipped, and whether it was normalised."""
    joined, normalised, at = receivers(model), False, layer
    while True:
        after = joined[at.name]
        if len(after) != 1 or len(after[0].sources or ()) != 1:
            return None, normalised
        at = after[0]
        normalised = normalised or at.normalizes
        if not is_neutral(at):
            return at, normalised


def activation_after(model: ModelProfile, layer: LayerProfile) -> str:
    """Return what acts on a layer's output: its own activation, or that of an activation layer behind it."""
    if layer.activation != "linear":
        return layer.activation
    after, _ = follower(model, layer)
    return after.activation if after is not None and after.units is None else "linear"


def classifies(history: History) -> bool:
    """Return whether the model is asked for classes, by its loss."""
    asked = CATEGORICAL + SPARSE + BINARY + HINGE
    return any(output.loss in asked for output in (history.model.outputs if history.model else ()))


def batch_size(history: History) -> int | None:
    """Return the batch size in force; None when unknown."""
    known = number(history, "batch_size")
    if known is not None:
        return int(known)
    steps, rows = history.facts.get("steps_per_epoch"), training_rows(history)
    return math.ceil(rows / steps) if steps and rows else None


def training_rows(history: History) -> int | None:
    """Return how many rows are trained on; None when unknown."""
    rows = history.facts.get("training_rows") or (history.data.rows if history.data is not None else 0)
    return int(rows) or None


def dropout_rates(history: History) -> dict[str, float]:
    """Return the dropout rates in force by layer; "" stands for all layers."""
    rates = current(history, "dropout")
    if isinstance(rates, dict):
        return {str(name): float(rate) for name, rate in rates.items()}
    if isinstance(rates, int | float) and not isinstance(rates, bool):
        return {"": float(rates)}
    layers = history.model.layers if history.model else ()
    return {layer.name: layer.dropout for layer in layers if layer.dropout}


def graded(history: History, unknown: Severity, **by_outcome: Severity) -> Severity:
    """Return the severity for how the run came out: "failed", "poor" or "learnt", or else ``unknown``."""
    return by_outcome.get(outcome(history), unknown)
