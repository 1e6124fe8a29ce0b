"""Columns, from wherever they came, become a History."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import HistoryError, did_you_mean
from ..history import History
from ..text import NO_TEXT, Text
from .epochs import last_run
from .log import Log
from .messages import ACCEPTED, NAME_IT, NO_LOSS, NO_VALUES, ONLY_VALIDATION, UNREADABLE
from .names import Naming, keras_names, would_be
from .numbers import Cells, to_cells, to_numbers

_STEPS = {"step", "steps", "global_step", "batch", "batches", "iteration", "iterations", "iter"}
_ROW_LABELS = {"epoch", "epochs", "index", "unnamed: 0", "", *_STEPS}
_NAMED = 20  # columns that an error names
_LIKE = 0.75  # of two names: a slip of the pen


def history_from(
    given: Mapping[Any, Any],
    what: Text,
    planned: int | None = None,
    optimizer: Mapping[str, Any] | None = None,
    *,
    by_keras: bool = False,
) -> History:
    """Return the run that these columns tell of; the last one, where they tell of several.

    Args:
        given: Values by name, of which some are curves; those of "loss" or what stands for it must be.
        what: How errors call it.
        planned: Epochs asked for; None when unknown.
        optimizer: Its configuration, as Keras gives it; None when unknown.
        by_keras: Whether Keras itself gave the names, so that each stays what it is: "eval_loss" is then the loss of
            an output called "eval".

    Raises:
        HistoryError: If there is no training loss that can be read.
    """
    columns = {str(name).strip(): values for name, values in given.items()}
    if not columns:
        raise HistoryError(NO_VALUES.filled(what=what, accepted=ACCEPTED))
    numeric, faults = _numeric(columns)
    by_keras = by_keras and "loss" in columns
    naming = Naming({name: name for name in numeric}) if by_keras else keras_names(numeric)
    claims = {name: name if by_keras else would_be(name, columns) for name in faults}
    _check_losses(columns, naming, faults, claims, what)
    series, facts = last_run(_log(columns, numeric, naming, what))
    if not series["loss"]:
        raise _unreadable(naming.columns["loss"], "it is empty; train for at least one epoch", what)
    return _history(
        {name: to_numbers(cells) for name, cells in series.items()}, facts | _doubts(naming), planned, optimizer
    )


def _numeric(columns: Mapping[str, Any]) -> tuple[dict[str, Cells], dict[str, str]]:
    """Return the columns that hold numbers, and what is wrong with each of the others."""
    numeric: dict[str, Cells] = {}
    faults: dict[str, str] = {}
    for name, values in columns.items():
        if name.lower() in _ROW_LABELS:
            continue
        try:
            numeric[name] = to_cells(values)
        except (TypeError, ValueError) as error:
            faults[name] = str(error)
    return numeric, faults


def _check_losses(
    columns: Mapping[str, Any], naming: Naming, faults: Mapping[str, str], claims: Mapping[str, str], what: Text
) -> None:
    """Both losses must be curves, where they are there; a single number is the score at the end, no curve."""
    for target in ("loss", "val_loss"):
        claiming = [name for name in faults if claims[name] == target]
        single = [name for name in claiming if columns[name] is None or isinstance(columns[name], int | float)]
        if target not in naming.columns and claiming and (target == "loss" or claiming != single):
            raise _unreadable(claiming[0], faults[claiming[0]], what)
    if "loss" not in naming.columns:
        names = sorted(columns)
        listed = names if len(names) <= _NAMED else [*names[:_NAMED], "..."]
        hint = _hint(naming, columns)
        raise HistoryError(NO_LOSS.filled(what=what, columns=listed, hint=hint, accepted=ACCEPTED))


def _unreadable(name: str, error: str, what: Text) -> HistoryError:
    return HistoryError(UNREADABLE.filled(what=what, name=name, error=error, accepted=ACCEPTED))


def _hint(naming: Naming, columns: Mapping[str, Any]) -> Text:
    """Say what to do; parts of a loss ("box_loss") and the lowest or highest are none that could be meant."""
    if "val_loss" in naming.columns:
        return ONLY_VALIDATION.filled(name=naming.columns["val_loss"])
    slips = difflib.get_close_matches("loss", [name for name in columns if "_" not in name], n=1, cutoff=_LIKE)
    if slips:
        return did_you_mean("loss", slips)
    return NAME_IT if any("loss" in name.lower() for name in columns) else NO_TEXT


def _log(columns: Mapping[str, Any], numeric: Mapping[str, Cells], naming: Naming, what: Text) -> Log:
    count = len(numeric[naming.columns["loss"]])
    series: dict[str, Cells] = {}
    for target, name in naming.columns.items():
        if len(numeric[name]) <= count:
            series[target] = numeric[name]
        elif target == "val_loss":
            raise _unreadable(name, f"it has {len(numeric[name])} values where 'loss' has {count}", what)
    aside = {name: numeric[name] for name in naming.aside if len(numeric[name]) == count}
    return Log(series, aside, _epochs(columns, count), has_steps=any(name.lower() in _STEPS for name in columns))


def _epochs(columns: Mapping[str, Any], count: int) -> Cells | None:
    """Return the numbers of the epochs; "epochs" may also be how many were asked for, the same in every row."""
    for wanted in ("epoch", "epochs"):
        for name, values in columns.items():
            if name.lower() == wanted:
                try:
                    cells = to_cells(values)
                except (TypeError, ValueError):
                    continue
                if len(cells) == count and (wanted == "epoch" or len(set(cells)) > 1):
                    return cells
    return None


def _doubts(naming: Naming) -> dict[str, Any]:
    doubts = {"rival_loss": naming.rival, "test_as_validation": naming.test}
    return {name: value for name, value in doubts.items() if value is not None}


def _history(
    series: Mapping[str, list[float]], facts: dict[str, Any], planned: int | None, optimizer: Mapping[str, Any] | None
) -> History:
    rates = [rate for rate in series.get("learning_rate", series.get("lr", ())) if math.isfinite(rate)]
    config = dict(optimizer or {})
    scheduled = len(set(rates)) > 1 or isinstance(config.get("learning_rate"), Mapping)
    return History(
        epochs=series,
        hyperparameters=_hyperparameters(rates or [config.get("learning_rate")], scheduled, config.get("name")),
        planned_epochs=planned,
        facts=({"scheduled": True} if scheduled else {}) | facts,
    )


def _hyperparameters(rates: Sequence[Any], scheduled: bool, optimizer: Any) -> dict[str, Any]:
    """Only what is certain: a rate that moved is none that a fix could multiply."""
    known: dict[str, Any] = {"optimizer": optimizer} if isinstance(optimizer, str) else {}
    if not scheduled and isinstance(rates[0], int | float):
        known["learning_rate"] = float(rates[0])
    return known
