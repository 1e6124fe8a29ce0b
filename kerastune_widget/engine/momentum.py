"""Momentum that moves while the compiled training step keeps running, for a schedule that moves it (one cycle)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import keras

_NAMES = ("momentum", "beta_1")


class MovableNumber:
    """A number of an optimizer, read from a variable by each step; compared, it is what it was.

    Keras's optimizers compare such numbers while a step is traced, convert them to tensors, and take them from 1. It is
    no ``float``, as Keras would then take its value for a constant.

    Args:
        own: The value that the optimizer was made with.
        variable: A float64 variable, which holds the value in force.
    """

    def __init__(self, own: float, variable: Any) -> None:
        self._own, self._variable = own, variable
        self._made: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        """Return the value in force, as TensorFlow asks for it."""
        import tensorflow as tf

        kind = tf.as_dtype(dtype or keras.config.floatx())
        return self._once(kind, lambda: tf.cast(self._variable, kind))

    def __rsub__(self, other: Any) -> Any:
        """Return ``other`` less the value in force; from a number in float64, as Python would."""
        import tensorflow as tf

        if isinstance(other, int | float):
            return self._once(("less", other), lambda: tf.cast(other - self._variable, keras.config.floatx()))
        return other - self.__tf_tensor__()

    def _once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Read the variable once a graph: a step of a small model would else spend a fifth of its time on that."""
        import tensorflow as tf

        if tf.executing_eagerly():
            return make()
        made = self._made.setdefault(tf.compat.v1.get_default_graph(), {})
        if key not in made:
            made[key] = make()
        return made[key]

    def __float__(self) -> float:
        """Return the value that the optimizer was made with."""
        return self._own

    def __eq__(self, other: object) -> bool:
        """Compare the value that the optimizer was made with."""
        return self._own == other

    def __gt__(self, other: float) -> bool:
        """Compare the value that the optimizer was made with."""
        return self._own > other

    def __hash__(self) -> int:
        """Return the hash of the value that the optimizer was made with."""
        return hash(self._own)


class Momentum:
    """The momentum of one built optimizer, or beta_1 of Adam and its like. TensorFlow backend only.

    Attributes:
        variable: Holds the value in force while it moves, float64; None for an optimizer that has none.

    Args:
        optimizer: The optimizer, not one that wraps another.
    """

    def __init__(self, optimizer: Any) -> None:
        import tensorflow as tf

        self._optimizer, self._name = optimizer, momentum_name(optimizer)
        self._own = getattr(optimizer, self._name) if self._name else 0.0
        self.variable = tf.Variable(self._own, dtype=tf.float64, trainable=False) if self._name else None
        self.moves = False

    def move(self, moves: bool) -> bool:
        """Let it move, or (False) make it the number again that it was; return whether that is a change."""
        if self.variable is None or moves == self.moves:
            return False
        self.moves = moves
        setattr(self._optimizer, self._name, MovableNumber(self._own, self.variable) if moves else self._own)
        return True


def momentum_name(optimizer: Any) -> str:
    """Return the attribute that holds an optimizer's momentum; empty for one that was made without."""
    values = {name: getattr(optimizer, name, None) for name in _NAMES}
    return next((name for name, value in values.items() if isinstance(value, int | float) and value), "")
