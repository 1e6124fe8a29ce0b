"""One seed for everything random: initial weights, batch order, dropout, splits."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:  # no public name leads to them
    from keras.src.random import seed_generator as _drawing
    from keras.src.utils import rng_utils as _reseeding
except ImportError:
    _drawing = _reseeding = None


class _OfThisThread(threading.local):
    """The generator that Keras draws from in this thread; None for Python's own."""

    generator: random.Random | None = None


class _PythonsNumbers(ModuleType):
    """What Keras knows as Python's module ``random``: Python's own, but in a thread that is seeded.

    Python has one generator for all threads. Whoever drew from it between our seeding it and Keras's drawing the seeds
    of layers (a cell, a web server, a worker's heartbeat) would change the weights that a run begins with.
    """

    def __init__(self) -> None:
        super().__init__(random.__name__, random.__doc__)
        self.thread = _OfThisThread()

    def seed(self, number: Any) -> None:
        """Seed what this thread draws from: so that ``keras.utils.set_random_seed`` in a builder does what it says."""
        random.seed(number)
        if self.thread.generator is not None:
            self.thread.generator.seed(number)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.thread.generator or random, name, None) or getattr(random, name)


_NUMBERS = _PythonsNumbers()
for _module, _name in ((_drawing, "python_random"), (_reseeding, "random")):
    if getattr(_module, _name, None) is random:  # else this Keras does it otherwise, or somebody came before us
        setattr(_module, _name, _NUMBERS)


@contextmanager
def seeded(seed: int, *, numpy: bool = True) -> Iterator[None]:
    """Run a block with Python's and NumPy's generators seeded, and give both back as they were.

    Keras draws the seeds of initializers and dropout from Python's; from one of this thread's own here, which nobody
    else can disturb. In the block, ``keras.utils.set_random_seed`` seeds that one too; a plain ``random.seed`` seeds
    Python's alone, and so does not pin the seeds of layers. TensorFlow's global seed is left alone: it would make a
    user's ``tf.data`` augmentation repeat itself on every pass.

    Args:
        seed: For both.
        numpy: Whether NumPy's is needed too (a user's own function may draw from it; cloning layers does not).
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    outer, _NUMBERS.thread.generator = _NUMBERS.thread.generator, random.Random(seed)
    random.seed(seed)
    if numpy:
        np.random.seed(seed)
    try:
        yield
    finally:
        _NUMBERS.thread.generator = outer
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
