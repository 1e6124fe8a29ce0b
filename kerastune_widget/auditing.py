"""``kt.audit``: why does a model answer differently from one time to the next, without a session or a widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .core.text import Text
from .errors import SessionBusyError

if TYPE_CHECKING:
    from .engine.audit.audit import Audit

_PAUSED = Text(
    en="A run is paused, and Keras trains one thing at a time. Resume it (session.resume()) or stop it "
    "(session.stop()), then audit.",
    zh="有一次运行处于暂停状态，而 Keras 同一时间只能进行一项训练。请先恢复（session.resume()）或停止"
    "（session.stop()）它，再进行审查。",
)


def audit(
    model: Any,
    data: Any,
    *,
    validation_data: Any = None,
    rows: int = 32,
    seed: int = 0,
    time_steps: int | Sequence[int] | None = None,
    checks: Sequence[str] | None = None,
) -> Audit:
    """Measure why a model answers differently from one time to the next, and name the layer and the fix.

    It predicts twice on the same input; compares prediction and training mode, a batch of 1 and of many, the model
    and what is saved and loaded of it, two trainings with one seed, rows in order and shuffled, other numbers of time
    steps; reads the data twice; and looks for nondeterministic operations. Your model is put back exactly as it was.

    Args:
        model: A ``keras.Model``, best compiled, or a function without arguments that returns one.
        data: ``(x, y)`` of arrays of shape (rows, ...), a ``tf.data.Dataset``, a ``PyDataset``; or a function without
            arguments that makes them, or that makes ``(x, y), (x_val, y_val)``. A function is called up to five times,
            to see whether split, order and augmentation are seeded.
        validation_data: Likewise, or None.
        rows: Most rows to look at, 2 or more.
        seed: For the trainings, and whatever else is drawn.
        time_steps: Sequence lengths that you mean to predict on, for recurrent models.
        checks: Names of the checks to make, such as ``["predict_twice", "batch_size"]``; None for all.

    Returns:
        ``checks`` with verdict, cause and fix of each, ``findings`` (those that found something), ``report()``.

    Raises:
        ModelError: If it is no model, or one without weights that cannot be copied.
        DataError: If the data cannot be read or do not fit the model.
        HyperparameterError: For a check that there is not, or refused numbers.
        SessionBusyError: If a run of a session is paused; one that trains is waited for.

    Example:
        >>> print(kt.audit(model, (x, y)))
    """
    from .engine.arena import is_paused, training_turn
    from .engine.audit.audit import Audit
    from .engine.audit.auditor import chosen_checks, perform
    from .engine.audit.making import make_subject

    chosen = chosen_checks(checks)
    made = Audit(1, {name: check.title for name, check in chosen.items()})
    with training_turn(lambda: None, is_paused) as mine:
        if not mine:
            raise SessionBusyError(_PAUSED)
        subject = make_subject(model, data, validation_data, rows=rows, seed=seed, time_steps=time_steps)
        for check in perform(chosen, subject, lambda: False):
            made._add(check)
    made._end()
    return made
