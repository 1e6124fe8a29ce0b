"""One training at a time in a process: Keras on TensorFlow is not thread-safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

_TRAINING = Lock()
_PAUSED = Event()
_POLL_SECONDS = 0.05


@contextmanager
def training_turn(waiting: Callable[[], None], cancelled: Callable[[], bool]) -> Iterator[bool]:
    """Hold the process's one place for training.

    Args:
        waiting: Called once when another run holds it.
        cancelled: Asked while waiting whether to give up.

    Yields:
        Whether the place was had; False when cancelled.
    """
    mine = _TRAINING.acquire(blocking=False)
    if not mine:
        waiting()
    while not mine and not cancelled():
        mine = _TRAINING.acquire(timeout=_POLL_SECONDS)
    try:
        yield mine
    finally:
        if mine:
            _TRAINING.release()


@contextmanager
def paused_turn() -> Iterator[None]:
    """Tell that the run which holds the place is paused: it may be long until it gives it up."""
    _PAUSED.set()
    try:
        yield
    finally:
        _PAUSED.clear()


def is_paused() -> bool:
    """Whether the run that holds the place is paused."""
    return _PAUSED.is_set()
