"""``kt.lr_range_test``: which learning rates train a model, without a session or a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine.range_test import RangeTest

_OF_SESSION = ("validation_data", "validation_split", "shuffle_split", "class_weight", "loop")


def lr_range_test(model: Any, data: Any, **options: Any) -> RangeTest:
    """Raise the learning rate from step to step while a copy of the model trains, and see which rates do it good.

    The method is that of Smith (2017), "Cyclical learning rates for training neural networks", section 3.3. Your
    model, its optimizer and your data stay exactly as they are.

    Args:
        model: A compiled ``keras.Model``, or a function without arguments that returns one.
        data: ``(x, y)`` of arrays of shape (rows, ...), or a ``tf.data.Dataset``; all that ``Session`` takes.
        **options: What ``Session.start_range_test`` takes: ``optimizers``, ``batch_sizes``, ``repeats``, ``steps``,
            ``seconds``, ``low``, ``high``, ``spacing`` and any hyperparameter; and of what ``Session`` takes,
            ``validation_data``, ``validation_split``, ``shuffle_split``, ``class_weight``, ``loop`` and ``seed``.

    Returns:
        The test: ``rate`` to take (None when there is no clear valley), ``results`` with the suggestions of every
        method, ``curves``, and ``plot()``.

    Raises:
        ModelError: If the model is not compiled or cannot be copied.
        DataError: If the data do not fit the model.
        HyperparameterError: For an option that is unknown or refused.
        RunError: If training failed; the cause is chained to it.

    Example:
        >>> test = kt.lr_range_test(model, (x, y))
        >>> model.optimizer.learning_rate = test.rate
    """
    from .engine.session import Session

    of_session = {name: options.pop(name) for name in _OF_SESSION if name in options}
    session = Session(model, data, probe=False, seed=options.get("seed", 0), **of_session)
    try:
        return session.range_test(**options)
    finally:
        session.close()
