"""Strict mode: while a session trains, TensorFlow uses deterministic operations only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from ..core.text import Text
from ..errors import ModelError

_NOT_TENSORFLOW = Text(
    en="strict=True needs Keras on the TensorFlow backend; this is {backend!r}. Leave strict out, or set "
    'KERAS_BACKEND="tensorflow" before Keras is imported.',
    zh="strict=True 需要 TensorFlow 后端；当前后端是 {backend!r}。请去掉 strict，或在导入 Keras 之前设置 "
    'KERAS_BACKEND="tensorflow"。',
)


def refuse_other_backends() -> None:
    """Raise unless strict mode can be had.

    Raises:
        ModelError: If Keras does not run on TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise ModelError(_NOT_TENSORFLOW.filled(backend=keras.backend.backend()))


@contextmanager
def strictly(strict: bool = True) -> Iterator[None]:
    """Let TensorFlow trace and train with deterministic operations within a block, and be afterwards as it was.

    What ``tf.config.experimental.enable_op_determinism`` switches holds for the whole process; one training at a time
    keeps it to ours. A step traced outside such a block keeps the operations that it has.

    Threads stay as they are: how a sum is shared out depends on how many there are, not on which is faster, so the
    same number of them gives the same bits. (Running the operations of a step one at a time was tried: it makes the
    graph loop and the Keras loop differ in the last digit, for TensorFlow then rewrites their graphs differently.)

    Args:
        strict: False does nothing.
    """
    if not strict:
        yield
        return
    import tensorflow as tf
    from tensorflow.python.framework.config import disable_op_determinism, is_op_determinism_enabled

    before = is_op_determinism_enabled()
    tf.config.experimental.enable_op_determinism()
    try:
        yield
    finally:
        if not before:
            disable_op_determinism()
