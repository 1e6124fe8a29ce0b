"""Recurrent layers run as a graph though the model is called step by step: a tenth of the time for long sequences."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

Traced = dict[tuple[Any, ...], Any]
"""A traced function for each recurrent layer (by its ``id``), mode, and shape of its input."""


@contextmanager
def quick_recurrence(traced: Traced) -> Iterator[None]:
    """Let recurrent layers that are called on this thread loop over time steps inside TensorFlow.

    Outside of a graph Keras loops in Python, a millisecond for each step of each layer. The method that all recurrent
    layers share is replaced for as long as this lasts; the caller holds the process's turn for training.

    Args:
        traced: What was traced so far; grows.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    mine, original = threading.get_ident(), keras.layers.RNN.call

    def call(layer: Any, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = False) -> Any:
        if threading.get_ident() != mine or not tf.executing_eagerly():
            return original(layer, sequences, initial_state=initial_state, mask=mask, training=training)
        key = id(layer), bool(training), tuple(sequences.shape)

        def loop(x: Any, state: Any, told: Any) -> Any:
            return original(layer, x, initial_state=state, mask=told, training=bool(training))

        if key not in traced:
            traced[key] = tf.function(loop, autograph=False)
        return traced[key](sequences, initial_state, mask)

    keras.layers.RNN.call = call
    try:
        yield
    finally:
        keras.layers.RNN.call = original
