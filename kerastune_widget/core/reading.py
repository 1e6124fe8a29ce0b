"""``diagnose`` and what it accepts: any object that holds the curves of one run becomes a History."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import HistoryError, did_you_mean
from .data_profile import DataProfile
from .diagnosis import Diagnosis, diagnose_history
from .history import History
from .model_profile import ModelProfile
from .profile_data import profile_any
from .profile_model import profile_model
from .text import Text

ACCEPTED = Text(
    en="diagnose accepts what model.fit returned, its .history dict, one of our runs, a pandas DataFrame with a column "
    "'loss', or the path of a CSVLogger file.",
    zh="diagnose 接受：model.fit 的返回值、它的 .history 字典、我们的运行、含有 'loss' 列的 pandas DataFrame，"
    "或 CSVLogger 文件的路径。",
)
_NOTHING = Text(
    en="Received None, and neither model= nor data=. {accepted}",
    zh="收到的是 None，也没有 model= 或 data=。{accepted}",
)
_NO_CURVES = Text(
    en="Received {what}, which holds no curves. {accepted}", zh="收到的是{what}，其中没有曲线。{accepted}"
)
_NO_RECORD = Text(
    en="Received {what} whose record() returned {record}. {accepted}",
    zh="收到的是{what}，它的 record() 返回了{record}。{accepted}",
)
_NO_VALUES = Text(
    en="Received {what} without any values; train for at least one epoch. {accepted}",
    zh="收到的是{what}，其中没有任何数值；请至少训练一轮。{accepted}",
)
_NO_LOSS = Text(
    en="Received {what} with {columns} but no 'loss'.{hint} {accepted}",
    zh="收到的是{what}，其中有 {columns}，但没有 'loss'。{hint}{accepted}",
)
_UNREADABLE = Text(
    en="Received {what} whose {name!r} cannot be read: {error}. {accepted}",
    zh="收到的是{what}，其中的 {name!r} 无法读取：{error}。{accepted}",
)
_NO_FILE = Text(
    en="Received the path {path!r}, which cannot be read: {error}. {accepted}",
    zh="收到的路径 {path!r} 无法读取：{error}。{accepted}",
)
_FILE = Text(en="the file {path!r}", zh="文件 {path!r}")
_DICT = Text(en="a dict", zh="一个 dict")
_FRAME = Text(en="a DataFrame", zh="一个 DataFrame")
_KERAS = Text(en="a Keras History", zh="一个 Keras History")
_OBJECT = Text(en="an object of type {kind}", zh="一个 {kind} 类型的对象")
MISSING = {"", "na", "n/a", "none", "null", "nan"}
ROW_LABELS = {"epoch", "epochs", "index", "step", "unnamed: 0", ""}


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
        raise HistoryError(_NOTHING.filled(accepted=ACCEPTED))
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


def read_history(source: Any) -> History:
    """Return the numbers of one run, from whatever holds them.

    Args:
        source: As for ``diagnose``.

    Raises:
        HistoryError: If no training loss can be read from it.
    """
    if isinstance(source, History):
        return source
    if callable(getattr(source, "record", None)):
        return _from_run(source)
    if isinstance(source, str | os.PathLike):
        return _from_columns(_read_csv(Path(source)), _FILE.filled(path=os.fspath(source)))
    if isinstance(source, Mapping):
        return _from_columns(source, _DICT)
    if isinstance(getattr(source, "history", None), Mapping):
        return _from_keras(source)
    if hasattr(source, "columns") and hasattr(source, "iloc"):
        return _from_columns({str(name): list(source[name]) for name in source.columns}, _FRAME)
    raise HistoryError(_NO_CURVES.filled(what=_kind(source), accepted=ACCEPTED))


def _kind(source: Any) -> Text:
    return Text.same("None") if source is None else _OBJECT.filled(kind=type(source).__name__)


def _from_run(run: Any) -> History:
    record = run.record()
    if not isinstance(record, History):
        raise HistoryError(_NO_RECORD.filled(what=_kind(run), record=_kind(record), accepted=ACCEPTED))
    return record


def _from_keras(source: Any) -> History:
    """Take the curves, and what the callback still knows of its run; Keras itself is never imported."""
    params = getattr(source, "params", None) or {}
    planned = params.get("epochs") if isinstance(params, Mapping) else None
    read = _from_columns(source.history, _KERAS, planned, _optimizer(getattr(source, "model", None)))
    steps = params.get("steps") if isinstance(params, Mapping) else None
    return replace(read, facts={**read.facts, "steps_per_epoch": steps}) if isinstance(steps, int) and steps else read


def _optimizer(model: Any) -> Mapping[str, Any]:
    try:
        config = model.optimizer.get_config()
    except Exception:  # not compiled, not a Keras model, or another library's History: all are fine without
        return {}
    return config if isinstance(config, Mapping) else {}


def _from_columns(
    given: Mapping[Any, Any], what: Text, planned: int | None = None, optimizer: Mapping[str, Any] | None = None
) -> History:
    columns = {str(name).strip(): values for name, values in given.items()}
    if not columns:
        raise HistoryError(_NO_VALUES.filled(what=what, accepted=ACCEPTED))
    if "loss" not in columns:
        hint = did_you_mean("loss", columns)
        raise HistoryError(_NO_LOSS.filled(what=what, columns=sorted(columns), hint=hint, accepted=ACCEPTED))
    series = _in_order(_numeric(columns, what), columns)
    rates = [rate for rate in series.get("learning_rate", series.get("lr", ())) if math.isfinite(rate)]
    config = dict(optimizer or {})
    scheduled = len(set(rates)) > 1 or isinstance(config.get("learning_rate"), Mapping)
    return History(
        epochs=series,
        hyperparameters=_hyperparameters(rates or [config.get("learning_rate")], scheduled, config.get("name")),
        planned_epochs=planned,
        facts={"scheduled": True} if scheduled else {},
    )


def _hyperparameters(rates: Sequence[Any], scheduled: bool, optimizer: Any) -> dict[str, Any]:
    """Only what is certain: a rate that moved is none that a fix could multiply."""
    known: dict[str, Any] = {"optimizer": optimizer} if isinstance(optimizer, str) else {}
    if not scheduled and isinstance(rates[0], int | float):
        known["learning_rate"] = float(rates[0])
    return known


def _numeric(columns: Mapping[str, Any], what: Text) -> dict[str, list[float]]:
    """Return the columns that are curves; the two losses must be, others are left out when they are not."""
    series: dict[str, list[float]] = {}
    for name in sorted(columns, key=lambda name: (name != "loss", name)):
        if name.lower() in ROW_LABELS:
            continue
        try:
            values = _numbers(columns[name])
            _check_length(name, values, series)
        except (TypeError, ValueError) as error:
            if name in ("loss", "val_loss"):
                refused = _UNREADABLE.filled(what=what, name=name, error=error, accepted=ACCEPTED)
                raise HistoryError(refused) from error
            continue
        series[name] = values
    return {name: series[name] for name in columns if name in series}


def _numbers(values: Any) -> list[float]:
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise TypeError(f"it must be a list of numbers, one an epoch; received {values!r}")
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "fiu":
        return [float(value) for value in values]
    return [value if type(value) is float else _number(value) for value in values]


def _number(value: Any) -> float:
    if value is None or (isinstance(value, str) and value.strip().lower() in MISSING):
        return math.nan
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"it must hold numbers; received {value!r}") from None
    if array.size != 1:
        raise ValueError(f"it must hold one number an epoch; received an array of shape {array.shape}")
    return float(array.reshape(()))


def _check_length(name: str, values: Sequence[float], series: Mapping[str, Sequence[float]]) -> None:
    if name == "loss" and not values:
        raise ValueError("it is empty; train for at least one epoch")
    if name != "loss" and len(values) > len(series["loss"]):
        raise ValueError(f"it has {len(values)} values where 'loss' has {len(series['loss'])}")


def _in_order(series: dict[str, list[float]], columns: Mapping[str, Any]) -> dict[str, list[float]]:
    """Sort by the epoch column; where epochs repeat, one run was appended to another and the rows tell the order."""
    try:
        epochs = _numbers(columns["epoch"])
    except (KeyError, TypeError, ValueError):
        return series
    unique = len(set(epochs)) == len(epochs) == len(series["loss"]) and all(map(math.isfinite, epochs))
    if not unique or epochs == sorted(epochs):
        return series
    order = sorted(range(len(epochs)), key=epochs.__getitem__)
    full = {name: values for name, values in series.items() if len(values) == len(epochs)}
    return {name: [values[row] for row in order] for name, values in full.items()}


def _read_csv(path: Path) -> dict[str, list[str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(_NO_FILE.filled(path=str(path), error=error, accepted=ACCEPTED)) from error
    header = lines[0] if lines else ""
    separator = ";" if header.count(";") > header.count(",") else ","
    rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    names = rows[0] if rows else []
    body = [row for row in rows[1:] if row != names]  # a header again: files put together by hand
    return {name: [row[at] if at < len(row) else "" for row in body] for at, name in enumerate(names)}
