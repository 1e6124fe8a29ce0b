"""What layers draw without a seed generator of their own: Keras's global generator, which a run's seed governs here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import keras

try:  # no public name leads to it
    from keras.src.backend.common.global_state import get_global_attribute, set_global_attribute
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    GOVERNED = True
    """Whether this version of Keras lets its global generator be replaced."""
except ImportError:
    GOVERNED = False


class UnseededDraws:
    """A session's own stand-in for the generator that ``keras.random`` falls back on where no seed is given.

    Keras keeps one generator for each thread, with a seed that nobody chose. A traced step holds the one that it was
    traced with, so a session must have the same one in all of its threads.
    """

    @cached_property
    def generator(self) -> Any:
        """The generator; made on first use, without drawing from Python's numbers."""
        return keras.random.SeedGenerator(0, name="kerastune_unseeded")

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Let this thread's unseeded draws come from ``generator`` within a block."""
        if not GOVERNED:
            yield
            return
        before = get_global_attribute(GLOBAL_SEED_GENERATOR)
        set_global_attribute(GLOBAL_SEED_GENERATOR, self.generator)
        try:
            yield
        finally:
            set_global_attribute(GLOBAL_SEED_GENERATOR, before)
