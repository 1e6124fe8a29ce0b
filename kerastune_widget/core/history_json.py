"""A history as JSON and back: what the diagnosis reads of a run, small enough to keep beside a test."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import HistoryError
from .data_profile import DataProfile, InputProfile, TargetProfile
from .history import Change, History, Leg
from .json_number import json_number
from .model_profile import LayerProfile, ModelProfile, OutputProfile

_DIGITS = 5


def history_to_json(history: History, *, steps: bool = False, digits: int = _DIGITS) -> str:
    """Return ``history`` as a JSON object.

    Args:
        history: What to write.
        steps: Whether to keep the per-step values; without them only the loss of the first 8 steps stays, which says
            where the run began.
        digits: Significant digits of floats; NaN and infinity become the strings "nan", "inf" and "-inf".
    """
    made = {field.name: getattr(history, field.name) for field in dataclasses.fields(history)}
    if not steps:
        made["steps"] = {name: values[:8] for name, values in history.steps.items() if name == "loss"}
        made["learning_rates"] = ()
    return json.dumps(_plain(made, digits), separators=(",", ":"))


def history_from_json(text: str) -> History:
    """Read what ``history_to_json`` wrote.

    Raises:
        HistoryError: If it is something else.
    """
    try:
        given = _numbers(json.loads(text))
        return History(
            **given
            | {
                "steps": {name: np.asarray(values, dtype=np.float64) for name, values in given["steps"].items()},
                "learning_rates": np.asarray(given["learning_rates"], dtype=np.float64),
                "changes": tuple(Change(**change) for change in given["changes"]),
                "legs": tuple(Leg(*leg) for leg in given.get("legs", ())),
                "model": None if given["model"] is None else _model(given["model"]),
                "data": None if given["data"] is None else _data(given["data"]),
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HistoryError(f"Received text that is no history written by history_to_json: {error}.") from error


def _plain(value: Any, digits: int) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(part, digits) for name, part in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(part, digits) for part in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if np.isfinite(value) else str(value)
    return json_number(value)


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return tuple(_numbers(part) for part in value)
    return float(value) if value in ("nan", "inf", "-inf") else value


def _model(given: Mapping[str, Any]) -> ModelProfile:
    layers = tuple(LayerProfile(**layer) for layer in given["layers"])
    return ModelProfile(
        **{**given, "layers": layers, "outputs": tuple(OutputProfile(**one) for one in given["outputs"])}
    )


def _data(given: Mapping[str, Any]) -> DataProfile:
    inputs, targets = given["inputs"], given["targets"]
    return DataProfile(
        **{
            **given,
            "inputs": tuple(InputProfile(**one) for one in inputs),
            "targets": tuple(TargetProfile(**one) for one in targets),
        }
    )
