"""The door: a history, a model and data become one record, and the rules speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...errors import HistoryError
from ..data_profile import DataProfile
from ..diagnosis import Diagnosis, diagnose_history
from ..history import History
from ..model_profile import ModelProfile
from ..profile_data import profile_any
from ..profile_model import profile_model
from .messages import ACCEPTED, NOTHING
from .sources import read_history


def diagnose(history: Any = None, *, model: Any = None, data: Any = None) -> Diagnosis:
    """Say what is right or wrong with one training run, from its numbers and what its model and data look like.

    Args:
        history: As for ``read_history``; None to look at model and data only.
        model: As for ``kerastune_widget.diagnose``.
        data: As for ``kerastune_widget.diagnose``.

    Raises:
        HistoryError: If no training loss can be read from ``history``, or if nothing at all was given.
    """
    return diagnose_history(read_all(history, model, data))


def read_all(history: Any, model: Any, data: Any) -> History:
    """Return the numbers of one run with all that can be known of its model and data.

    Raises:
        HistoryError: As for ``diagnose``.
    """
    if history is None and model is None and data is None:
        raise HistoryError(NOTHING.filled(accepted=ACCEPTED))
    record = History() if history is None else read_history(history)
    return _with_profiles(record, getattr(history, "model", None) if model is None else model, data)


def _with_profiles(history: History, model: Any, data: Any) -> History:
    """Add what is known of model and data; what the history knows already of its own run stays."""
    described = history.model or (model if isinstance(model, ModelProfile) else profile_model(model))
    looked_at = history.data or profile_any(data, classification=_numbers_classes(described))
    facts = {**_known(described, looked_at), **history.facts}
    settings = {**_compiled(described, facts), **history.hyperparameters}
    return replace(history, model=described, data=looked_at, facts=facts, hyperparameters=settings)


def _numbers_classes(model: ModelProfile | None) -> bool | None:
    """Return True where the loss takes class numbers, however few rows of each there are; else nothing is known."""
    losses = [output.loss for output in model.outputs] if model is not None else []
    return True if losses == ["sparse_categorical_crossentropy"] else None


def _known(model: ModelProfile | None, data: DataProfile | None) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if model is not None:
        known["parameters"] = model.trainable_parameters
        if len(model.outputs) == 1:
            known["loss_name"] = model.outputs[0].loss
    if data is not None:
        known |= {"training_rows": data.rows, "validation_rows": data.validation_rows}
        if len(data.targets) == 1:
            known["classes"] = data.targets[0].classes
    return {name: value for name, value in known.items() if value is not None}


def _compiled(model: ModelProfile | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the model was compiled with; a rate that moved is none that a fix could multiply."""
    if model is None or not model.optimizer:
        return {}
    rate = {} if model.learning_rate is None or facts.get("scheduled") else {"learning_rate": model.learning_rate}
    return {"optimizer": model.optimizer, **rate}
