"""What the probe computes inside the TensorFlow graph: one number by signal and layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from ..core import signals
from ..core.model_profile import LayerProfile

Numbers = dict[tuple[str, str], Any]
"""Scalar tensors by signal and layer."""

_RECTIFIED = ("relu", "relu6")
_BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}
_NEAR_AN_END = 0.05  # of the range of a bounded activation
_SPARSE = ("Embedding",)  # most rows of its table are not in a batch, which says nothing


@dataclass(frozen=True)
class ProbedLayer:
    """A layer that is measured.

    Attributes:
        profile: What it is.
        weights: Places of its trained weights among the model's.
        makes_output: Whether the model's output comes from it.
    """

    profile: LayerProfile
    weights: tuple[int, ...] = ()
    makes_output: bool = False


def of_weights(
    layers: Sequence[ProbedLayer], weights: Sequence[Any], before: Sequence[Any], gradients: Sequence[Any]
) -> Numbers:
    """Return norms of gradients, weights and the last update of every layer that has trained weights.

    Args:
        layers: Which layers.
        weights: The model's trained weights.
        before: The same before the last step.
        gradients: Of the loss, likewise.
    """
    found: Numbers = {}
    for layer in layers:
        if layer.weights:
            found |= _of_layer(layer, *([every[at] for at in layer.weights] for every in (weights, before, gradients)))
    return found


def _of_layer(layer: ProbedLayer, weights: list[Any], before: list[Any], gradients: list[Any]) -> Numbers:
    name = layer.profile.name
    norm = _norm(weights)
    update = _norm([now - then for now, then in zip(weights, before, strict=True)])
    found = {
        (signals.GRADIENT_NORM, name): _norm(gradients),
        (signals.GRADIENT_MEAN, name): _share([tf.abs(gradient) for gradient in gradients]),
        (signals.WEIGHT_NORM, name): norm,
        (signals.UPDATE_RATIO, name): update / norm,
    }
    kernels = [gradient for gradient in gradients if gradient.shape.rank > 1]
    if kernels and layer.profile.kind not in _SPARSE:
        found[signals.GRADIENT_ZEROS, name] = _share([_as_numbers(kernel == 0) for kernel in kernels])
    return found


def of_outputs(layer: ProbedLayer, outputs: Any) -> Numbers:
    """Return how the outputs of a layer on the probe batch lie.

    Args:
        layer: Whose.
        outputs: Shape (rows, ..., units).
    """
    name, activation = layer.profile.name, layer.profile.activation
    found = {
        (signals.ACTIVATION_MEAN, name): tf.reduce_mean(outputs),
        (signals.ACTIVATION_SPREAD, name): tf.math.reduce_std(outputs),
        (signals.UNIT_SPREAD, name): tf.reduce_mean(tf.math.reduce_std(outputs, axis=0)),
    }
    if activation in _RECTIFIED:
        idle = tf.reduce_all(outputs == 0, axis=list(range(outputs.shape.rank - 1)))
        found[signals.DEAD_UNITS, name] = tf.reduce_mean(_as_numbers(idle))
    if activation in _BOUNDS and not layer.makes_output:
        low, high = _BOUNDS[activation]
        near = _NEAR_AN_END * (high - low)
        ends = (outputs < low + near) | (outputs > high - near)
        found[signals.SATURATED, name] = tf.reduce_mean(_as_numbers(ends))
    return found


def of_predictions(predictions: Any, targets: Any, *, from_logits: bool) -> Numbers:
    """Return how a sample's predictions lie beside its targets; nothing where the two cannot be compared.

    Args:
        predictions: Of a single output, shape (rows, ..., units).
        targets: Its targets, a NumPy array.
        from_logits: Whether the predictions of a two-class model are logits.
    """
    guess = _as_classes(predictions, targets, 0.0 if from_logits else 0.5)
    if guess is not None:
        chosen, right = guess
        _, _, counts = tf.unique_with_counts(tf.reshape(chosen, [-1]))
        commonest = tf.reduce_max(counts) / tf.size(chosen)
        return {
            (signals.INFERENCE_ACCURACY, signals.MODEL): tf.reduce_mean(_as_numbers(tf.equal(chosen, right))),
            (signals.COMMONEST_PREDICTION, signals.MODEL): commonest,
        }
    if _is_binary(targets) or tuple(targets.shape[1:]) not in _shapes_of_targets(predictions):
        return {}
    spread = np.sqrt(np.mean(np.var(targets, axis=0, dtype=np.float64)))
    predicted = tf.sqrt(tf.reduce_mean(tf.math.reduce_variance(predictions, axis=0)))
    return {(signals.PREDICTION_SPREAD, signals.MODEL): predicted / np.float32(spread)}


def _shapes_of_targets(predictions: Any) -> list[tuple[int, ...]]:
    """Return the shapes that a row of the targets may have to be compared number by number."""
    row = tuple(predictions.shape[1:])
    return [row, row[:-1]] if row[-1] == 1 else [row]


def _as_classes(predictions: Any, targets: Any, threshold: float) -> tuple[Any, Any] | None:
    """Return the predicted and the true class of every row; None when the targets are no classes."""
    row, units = tuple(predictions.shape[1:]), predictions.shape[-1]
    one_column = tuple(targets.shape[1:]) in (row[:-1], (*row[:-1], 1))
    binary = _is_binary(targets)
    if one_column and units == 1 and binary:
        return tf.cast(tf.reshape(predictions, [-1]) > threshold, tf.int64), _labels(targets)
    if one_column and units > 1 and bool((targets == np.floor(targets)).all()):
        return tf.reshape(tf.argmax(predictions, -1), [-1]), _labels(targets)
    if tuple(targets.shape[1:]) == row and units > 1 and binary and bool((targets.sum(-1) == 1).all()):
        return tf.reshape(tf.argmax(predictions, -1), [-1]), _labels(targets.argmax(-1))
    return None


def _labels(targets: Any) -> Any:
    return targets.reshape(-1).astype(np.int64)


def _is_binary(targets: Any) -> bool:
    return bool(((targets == 0) | (targets == 1)).all())


def _norm(tensors: Sequence[Any]) -> Any:
    return tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(tensor)) for tensor in tensors]))


def _share(tensors: Sequence[Any]) -> Any:
    """Return the mean over the entries of several tensors together."""
    size = sum(tensor.shape.num_elements() for tensor in tensors)
    return tf.add_n([tf.reduce_sum(tensor) for tensor in tensors]) / size


def _as_numbers(flags: Any) -> Any:
    return tf.cast(flags, tf.float32)
