"""Measurements beside plain Keras and its neighbours. Run: python -m benchmarks [names] [--quick]."""

from kerastune_widget import __version__  # before TensorFlow, so that it starts quietly

__all__ = ["__version__"]
