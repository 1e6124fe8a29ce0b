"""An L2 penalty on kernels whose strength can move while the compiled training step keeps running."""

from __future__ import annotations

from typing import Any

import keras

KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")
"""How Keras names the weights that ``kernel_regularizer`` and its like are for."""


def kernels(model: Any) -> list[Any]:
    """Return the trainable kernels of a built model."""
    return [weight for weight in model.trainable_weights if weight.name in KERNELS]


class MovableL2(keras.regularizers.Regularizer):  # type: ignore[misc]
    """Keras's L2 with a variable in place of its number; at a given strength the penalty is bit for bit the same."""

    def __init__(self) -> None:
        import tensorflow as tf

        self.strength = tf.Variable(0.0, dtype=tf.float32, trainable=False, name="l2")

    def __call__(self, x: Any) -> Any:
        """Return the penalty of one kernel."""
        return keras.ops.cast(self.strength, x.dtype) * keras.ops.sum(keras.ops.square(x))


class KernelPenalty:
    """The regularizers of a model's kernels: its own, or one L2 penalty on all of them.

    Args:
        model: A built model, not traced yet.
        movable: Whether a variable can carry the strength (TensorFlow).
    """

    def __init__(self, model: Any, *, movable: bool) -> None:
        self._kernels = kernels(model)
        self._own = [kernel.regularizer for kernel in self._kernels]
        self._movable = MovableL2() if movable else None
        self._strength: float | None = None

    @property
    def active(self) -> bool:
        """Whether the L2 penalty has taken the place of the model's own regularizers."""
        return self._strength is not None

    def set(self, strength: float | None) -> bool:
        """Take this strength, or (None) the model's own regularizers; return whether the step must be traced anew."""
        before, self._strength = self._strength, strength
        if strength is not None and self._movable is not None:
            self._movable.strength.assign(strength)
            if before is not None:
                return False
        penalty = None if strength is None else self._movable or keras.regularizers.L2(strength)
        for kernel, own in zip(self._kernels, self._own, strict=True):
            kernel.regularizer = penalty or own
        return before != strength


def penalize(model: Any, strength: float | None) -> None:
    """Give an ordinary model the L2 penalty, its layers' configuration included; None leaves it as built."""
    if strength is None:
        return
    penalty = keras.regularizers.L2(strength)
    marked = {id(kernel) for kernel in kernels(model)}
    for kernel in kernels(model):
        kernel.regularizer = penalty
    for layer in model._flatten_layers(include_self=False):
        for name in KERNELS:
            if id(getattr(layer, name, None)) in marked and hasattr(layer, _regularizer(layer, name)):
                setattr(layer, _regularizer(layer, name), penalty)


def _regularizer(layer: Any, kernel: str) -> str:
    """Return the attribute that a kernel's regularizer is saved by."""
    if kernel != "kernel":
        return kernel.replace("kernel", "regularizer")
    return "depthwise_regularizer" if hasattr(layer, "depthwise_regularizer") else "kernel_regularizer"
