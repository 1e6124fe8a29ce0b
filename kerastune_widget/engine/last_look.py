"""One look of the probe into a model as it is now, for whoever diagnoses a run that nobody watched."""

from __future__ import annotations

import warnings
from typing import Any

import keras

from ..core.history import History
from ..core.model_profile import ModelProfile
from ..core.profile_data import training_part
from .dataset import read_data
from .kept_signals import KeptSignals, Series
from .probe import Probe, ProbeRows


def look(model: Any, data: Any, history: History) -> Series:
    """Return ``History.signals`` with what there is to see now, at the place of the history's last epoch.

    Nothing of the model is changed. What cannot be measured (another backend, data that cannot be read, a model that
    is not built or not compiled) is left out; nothing is raised.

    Args:
        model: A compiled, built Keras model, trained as ``history`` tells or not trained yet.
        data: ``(x, y)`` or ``((x, y), validation)``; of a stream, the first batch is looked at.
        history: The run that the model came from, for its number of epochs and the profile of the model.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Keras, about how a stranger's data are packed
            found = _probe(model, data, history.model).measure() if model.built else None
    except Exception:  # whatever is odd about a stranger's model or data: the curves can still be diagnosed
        found = None
    kept = KeptSignals()
    if found is not None:
        kept.add(history.epoch_count, found)
    return kept.after(history.epoch_count)


def _probe(model: Any, data: Any, profile: ModelProfile | None) -> Probe:
    rows = read_data(training_part(data), "data", model=model)
    sizes = [tensor.shape[0] for tensor in keras.tree.flatten(getattr(model, "inputs", None) or ())]
    fixed = sizes[0] if sizes else None
    return Probe(model, lambda: ProbeRows(rows, 0, fixed), profile)
