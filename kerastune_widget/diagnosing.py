"""``kt.diagnose``: the rules over any run, with a look into the model where one is given."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from .core.data_profile import DataProfile
from .core.diagnosis import Diagnosis, diagnose_history
from .core.history import History
from .core.model_profile import ModelProfile
from .core.reading import read_all


def diagnose(history: Any = None, *, model: Any = None, data: Any = None) -> Diagnosis:
    """Say what is right or wrong with one training run, root causes first.

    Curves alone say how a run went; the model and the data often say why. With both, the probe also looks into the
    network once, as it is now: gradients, dead and saturated units. Nothing is changed and nothing is trained. Without
    a model, TensorFlow is not imported.

    Args:
        history: What ``model.fit`` returned, its ``.history`` dict, one of our runs, a pandas DataFrame, or the path
            of a file. CSV may come from CSVLogger, pandas or Lightning (``metrics.csv``), with commas, semicolons
            (decimal commas too) or tabs. JSON is a dict of lists, also under the key "history", a list of one dict per
            epoch, or what pandas' ``to_json`` writes. Columns may be called ``train_loss``, ``Training Loss``,
            ``valid_acc`` and the like. Of several runs in one file the last is judged, and ``notes`` of the answer say
            so. None to look at model and data before any training.
        model: The compiled Keras model, trained as ``history`` tells; None: the one that ``fit``'s history knows.
        data: The training data: ``(x, y)``, or ``((x, y), (x_val, y_val))`` with the validation data, of arrays of
            shape (rows, ...); also a ``tf.data.Dataset``. None when only the curves are to be read.

    Returns:
        A list of findings; at least one where there are curves, unless a run of ours has not taken a step yet.

    Raises:
        HistoryError: If no training loss can be read from ``history``, or if nothing at all was given.

    Example:
        >>> fitted = model.fit(x, y, validation_split=0.2, epochs=20)
        >>> for finding in kt.diagnose(fitted, data=(x, y)):
        ...     print(finding.severity, finding.message(), finding.advice())
    """
    known = getattr(history, "model", None) if model is None else model
    return diagnose_history(_looked_into(read_all(history, model, data), known, data))


def _looked_into(record: History, model: Any, data: Any) -> History:
    described = isinstance(model, ModelProfile) or isinstance(data, DataProfile)
    if record.signals or model is None or data is None or described or "keras" not in sys.modules:
        return record
    from .engine.last_look import look

    return replace(record, signals=look(model, data, record))
