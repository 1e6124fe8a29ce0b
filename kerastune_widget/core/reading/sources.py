"""Who holds curves: Keras's History, a dict, a table, a file, one of our runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import HistoryError
from ..history import History
from ..text import Text
from .columns import history_from
from .files import read_file
from .messages import ACCEPTED, DICT, FILE, FRAME, KERAS, LIST, NO_CURVES, NO_RECORD, OBJECT
from .shapes import columns_of


def read_history(source: Any) -> History:
    """Return the numbers of one run, from whatever holds them.

    What Keras's History calls its curves stays. Of several runs in one log the last is read; ``facts`` then has
    "runs_in_file". See ``kerastune_widget.diagnose`` for the names of columns and the kinds of files.

    Args:
        source: What ``model.fit`` returned, a dict of lists, a list of one dict per epoch, one of our runs, a
            ``History``, a pandas DataFrame, or the path of a CSV or JSON file.

    Raises:
        HistoryError: If no training loss can be read from it.
    """
    if isinstance(source, History):
        return source
    if callable(getattr(source, "record", None)):
        return _from_run(source)
    if isinstance(source, str | os.PathLike):
        what = FILE.filled(path=os.fspath(source))
        return history_from(read_file(Path(source), what), what)
    if isinstance(source, Mapping):
        return history_from(columns_of(source) or source, DICT)
    if isinstance(getattr(source, "history", None), Mapping):
        return _from_keras(source)
    if hasattr(source, "columns") and hasattr(source, "iloc"):
        return history_from({str(name): list(source[name]) for name in source.columns}, FRAME)
    rows = columns_of(source) if isinstance(source, list) else None
    if rows is not None:
        return history_from(rows, LIST)
    raise HistoryError(NO_CURVES.filled(what=_kind(source), accepted=ACCEPTED))


def _kind(source: Any) -> Text:
    return Text.same("None") if source is None else OBJECT.filled(kind=type(source).__name__)


def _from_run(run: Any) -> History:
    record = run.record()
    if not isinstance(record, History):
        raise HistoryError(NO_RECORD.filled(what=_kind(run), record=_kind(record), accepted=ACCEPTED))
    return record


def _from_keras(source: Any) -> History:
    """Take the curves, and what the callback still knows of its run; Keras itself is never imported."""
    params = getattr(source, "params", None)
    known = params if isinstance(params, Mapping) else {}
    optimizer = _optimizer(getattr(source, "model", None))
    read = history_from(source.history, KERAS, known.get("epochs"), optimizer, by_keras=True)
    facts: dict[str, Any] = {}
    if isinstance(known.get("steps"), int) and known["steps"]:
        facts["steps_per_epoch"] = known["steps"]
    first = next(iter(getattr(source, "epoch", None) or ()), 0)  # Keras counts from 0; above it after initial_epoch=
    if isinstance(first, int) and first > 0:
        facts["first_epoch"] = first + 1
    return replace(read, facts={**read.facts, **facts})


def _optimizer(model: Any) -> Mapping[str, Any]:
    try:
        config = model.optimizer.get_config()
    except Exception:  # not compiled, not a Keras model, or another library's History: all are fine without
        return {}
    return config if isinstance(config, Mapping) else {}
