"""Runs as tables: one row a run, or one row a number of its curves; CSV, JSON and pandas.

Numbers keep their full precision. JSON is strict: what is not finite is null there.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from ...core.course import follow
from ...core.history import Change
from ...core.json_number import json_number
from ...core.metric_direction import best_epoch, epoch_values, last_value, metric_order
from ...core.training import RunLike
from ...errors import KerasTuneError

Row = dict[str, Any]

_CURVE_COLUMNS = ("run", "kind", "position", "epoch", "name", "value")


def summary_rows(runs: Iterable[RunLike]) -> list[Row]:
    """Return one row a run, all with the same columns in the same order; None where a run has no such value.

    Settings are those of its first own step, under ``settings.``; metrics stand under ``best.``, ``best_epoch.`` and
    ``last.``. Epochs count from 1.
    """
    rows = [_summary(run) for run in runs]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    order = sorted(columns, key=lambda name: _GROUPS.index(name.partition(".")[0]) if "." in name else -1)
    return [{name: row.get(name) for name in order} for row in rows]


def curve_rows(runs: Iterable[RunLike]) -> Iterator[Row]:
    """Yield one row for each number of each curve.

    ``kind`` is "epoch" or "step", ``position`` the epochs or steps taken by then (counted from 1), ``epoch`` the epoch
    that it belongs to. Learning rates are among the steps.
    """
    for run in runs:
        record = run.record()
        for name in record.epochs:
            for place, value in enumerate(epoch_values(record, name).tolist(), 1):
                yield dict(zip(_CURVE_COLUMNS, (run.number, "epoch", place, place, name, value), strict=True))
        ends = [int(end) for end in record.epoch_ends]
        steps = {**record.steps, "learning_rate": record.learning_rates}
        for name, values in steps.items():
            for place, (epoch, value) in enumerate(zip(_epochs_of(len(values), ends), values.tolist(), strict=True), 1):
                yield dict(zip(_CURVE_COLUMNS, (run.number, "step", place, epoch, name, value), strict=True))


def to_csv(runs: Sequence[RunLike], path: str | os.PathLike[str] | None = None, *, curves: bool = False) -> str | None:
    """Return the runs as CSV, or write them to ``path`` and return None.

    Args:
        runs: Which runs.
        path: A file, which is replaced.
        curves: Whether to write every number of every curve, one a line, in place of one line a run.
    """
    rows: Iterable[Row] = curve_rows(runs) if curves else summary_rows(runs)
    columns = _CURVE_COLUMNS if curves else tuple(rows[0]) if isinstance(rows, list) and rows else ("number",)
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return _deliver(text.getvalue(), path)


def to_json(runs: Sequence[RunLike], path: str | os.PathLike[str] | None = None) -> str | None:
    """Return the runs with all their numbers as a JSON array, or write it to ``path`` and return None."""
    return _deliver(_dumped([describe_run(run) for run in runs]), path)


def run_to_json(run: RunLike, path: str | os.PathLike[str] | None = None) -> str | None:
    """Return one run with all its numbers as a JSON object, or write it to ``path`` and return None."""
    return _deliver(_dumped(describe_run(run)), path)


def to_pandas(runs: Sequence[RunLike], *, curves: bool = False) -> Any:
    """Return the runs as a ``pandas.DataFrame``, one row a run under its number.

    Args:
        runs: Which runs.
        curves: Whether to return every number of every curve, one a row, in place of one row a run.

    Raises:
        KerasTuneError: If pandas is not installed.
    """
    pandas = _pandas()
    if curves:
        return pandas.DataFrame(list(curve_rows(runs)), columns=list(_CURVE_COLUMNS))
    rows = summary_rows(runs)
    return pandas.DataFrame(rows, columns=list(rows[0]) if rows else ["number"]).set_index("number")


def run_to_pandas(run: RunLike, *, steps: bool = False) -> Any:
    """Return one run's numbers as a ``pandas.DataFrame``: a row an epoch, or a step, and a column a name.

    Args:
        run: Which run.
        steps: Whether rows are steps.

    Raises:
        KerasTuneError: If pandas is not installed.
    """
    pandas, record = _pandas(), run.record()
    if steps:
        columns = {**record.steps, "learning_rate": record.learning_rates}
    else:
        columns = {name: epoch_values(record, name) for name in record.epochs}
    table = pandas.DataFrame({name: pandas.Series(values, dtype="float64") for name, values in columns.items()})
    table.index = pandas.RangeIndex(1, len(table) + 1, name="step" if steps else "epoch")
    return table


def describe_run(run: RunLike) -> Row:
    """Return everything known about a run as JSON-able values."""
    course, record = follow(run), run.record()
    described = {
        **_identity(run),
        "settings": course.own_settings,
        "start_settings": course.start,
        "changes": [vars(change) for change in record.changes],
        "planned_epochs": record.planned_epochs,
        "branch_step": record.branch_step,
        "findings": [_finding(finding) for finding in run.findings],
        "facts": record.facts,
        "epoch_ends": [int(end) for end in record.epoch_ends],
        "epochs": record.epochs,
        "steps": record.steps,
        "learning_rates": record.learning_rates,
    }
    return {name: json_number(value) for name, value in described.items()}


_GROUPS = ("settings", "best", "best_epoch", "last")


def _summary(run: RunLike) -> Row:
    course, record = follow(run), run.record()
    row = {**_identity(run), "epochs": record.epoch_count, "planned_epochs": record.planned_epochs}
    finding = next(iter(run.findings), None)
    row |= {"verdict_code": finding.code if finding else None, "verdict": finding.title() if finding else None}
    row["changes"] = "; ".join(map(_change, course.changes_after(record.branch_step)))
    row |= {f"settings.{name}": value for name, value in course.own_settings.items()}
    for name in metric_order(list(record.epochs)):
        values = epoch_values(record, name)
        best = best_epoch(name, values)
        row[f"best.{name}"] = None if best is None else float(values[best])
        row[f"best_epoch.{name}"] = None if best is None else best + 1
        row[f"last.{name}"] = last_value(values)
    return row


def _identity(run: RunLike) -> Row:
    return {
        "number": run.number,
        "name": run.name,
        "note": run.note,
        "pinned": run.pinned,
        "parent": run.parent.run if run.parent else None,
        "parent_epochs": run.parent.epochs if run.parent else None,
        "sweep": run.sweep,
        "proof": run.proof.proof if run.proof else None,
        "status": run.status,
        "started_at": datetime.fromtimestamp(run.started_at, UTC).isoformat(),
        "seconds": run.seconds,
        "start_id": run.start_id,
        "data_id": run.data_id,
        "error": run.error,
    }


def _finding(finding: Any) -> Row:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": {"en": finding.message("en"), "zh": finding.message("zh")},
        "evidence": {name: _plain(value) for name, value in finding.evidence.items()},
        "span": finding.span,
    }


def _plain(value: Any) -> Any:
    """Return ``value`` itself where JSON knows it, else its words: evidence may hold texts."""
    if isinstance(value, str | bool | int | float | None):
        return value
    return (
        json_number(value.tolist()) if hasattr(value, "tolist") else value.get("en") if _is_text(value) else str(value)
    )


def _is_text(value: Any) -> bool:
    return hasattr(value, "en") and hasattr(value, "zh")


def _change(change: Change) -> str:
    return f"epoch {change.epoch + 1} (step {change.step + 1}): {change.name} {change.old} → {change.new}"


def _epochs_of(count: int, ends: Sequence[int]) -> Iterator[int]:
    """Yield the epoch of each of the first ``count`` steps, counted from 1."""
    epoch = 1
    for step in range(count):
        while epoch <= len(ends) and step >= ends[epoch - 1]:
            epoch += 1
        yield epoch


def _cell(value: Any) -> Any:
    """Return what a cell holds: nothing for None, JSON for a dict or a list, a float as Python writes it."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(json_number(value), ensure_ascii=False)
    return value


def _dumped(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def _deliver(text: str, path: str | os.PathLike[str] | None) -> str | None:
    if path is None:
        return text
    Path(path).write_text(text, encoding="utf-8", newline="\n")
    return None


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise KerasTuneError(
            "A table of this kind needs pandas, which is not installed: pip install pandas. "
            "to_csv() and to_json() need nothing more."
        ) from error
    return pandas
