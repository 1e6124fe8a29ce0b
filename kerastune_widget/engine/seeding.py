"""One seed for everything random: initial weights, batch order, dropout, splits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray


@contextmanager
def seeded(seed: int, *, numpy: bool = True) -> Iterator[None]:
    """Run a block with Python's and NumPy's generators seeded, and give both back as they were.

    Keras draws the seeds of initializers and dropout from Python's. TensorFlow's global seed is left alone: it would
    make a user's ``tf.data`` augmentation repeat itself on every pass.

    Args:
        seed: For both.
        numpy: Whether NumPy's is needed too (a user's own function may draw from it; cloning layers does not).
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    random.seed(seed)
    if numpy:
        np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(python_state)
        if numpy:
            np.random.set_state(numpy_state)


def derived_seed(seed: int, index: int) -> int:
    """Return the ``index``-th of the independent seeds that ``seed`` stands for, below 2**31."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)


def epoch_order(rows: int, *, seed: int, epoch: int, shuffle: bool) -> NDArray[np.int32]:
    """Return the order in which an epoch visits the rows, int32 of shape (rows,).

    It depends on nothing but the arguments, so a seed fixes the batches on every loop, after any pause or restart.
    """
    if not shuffle:
        return np.arange(rows, dtype=np.int32)
    generator = np.random.default_rng([seed, epoch])
    return generator.permutation(rows).astype(np.int32)
