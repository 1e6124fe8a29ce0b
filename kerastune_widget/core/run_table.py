"""The table of runs as data: one row a run, newest first, the best one marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .control import ControlSpec
from .course import follow
from .diagnosis import Severity
from .history import History
from .metric_direction import best_epoch, better, epoch_values, last_value, metric_order
from .plots._words import run_title
from .run_row import RunRow as RunRow
from .run_row import Score, settings_text
from .text import NO_TEXT, Text
from .training import RunLike

_ENDED = ("finished", "stopped", "diverged", "failed", "interrupted")
_NOT_SHOWN = ("epochs",)  # it has a column of its own
_LOSSES = ("val_loss", "loss")
_ENDINGS = {
    "failed": Text(en="Failed", zh="出错"),
    "interrupted": Text(en="Interrupted", zh="被中断"),
    "diverged": Text(en="Diverged", zh="已发散"),
}


@dataclass(frozen=True)
class RunFacts:
    """What a row needs of a run's numbers; kept of a run that ended, for reading them takes time.

    Attributes:
        scores: By metric.
        settings: The settings of its first own step that differ from the defaults, by name.
        changes: How often a setting changed in mid-run.
        planned: Epochs asked for; None when unknown.
        verdict: Title of the first finding, else how it ended if not well; may be empty.
        severity: That finding's severity; "problem" for a run that failed; else None.
    """

    scores: Mapping[str, Score]
    settings: Mapping[str, Any]
    changes: int
    planned: int | None
    verdict: Text
    severity: Severity | None


@dataclass
class _Kept:
    """What is kept of a run that ended: its facts while ``key`` holds, its row while ``labels`` do."""

    key: object
    facts: RunFacts
    labels: object = None
    row: RunRow | None = None


Cache = dict[int, _Kept]
"""What ``run_rows`` keeps from one call to the next; its caller only holds it."""


def run_rows(
    runs: Sequence[RunLike],
    defaults: Mapping[str, Any],
    *,
    metric: str | None = None,
    sort: str | None = None,
    controls: Mapping[str, ControlSpec] | None = None,
    cache: Cache | None = None,
) -> list[RunRow]:
    """Return one row a run, newest first unless sorted; the best is looked for among a person's own runs.

    Args:
        runs: The runs of one session.
        defaults: What settings are compared with.
        metric: Which metric to show and to judge by; None for the validation loss, or the loss where there is none.
        sort: A metric to sort by, best first and runs without it last; None for newest first.
        controls: What can be set, by name, for how settings and values are called; our own words when left out.
        cache: A dict that the caller keeps for the session, so that runs that have ended are read once; the same
            ``defaults`` and ``controls`` each time.
    """
    newest = sorted(runs, key=lambda run: run.number, reverse=True)
    cache = {} if cache is None else cache
    facts = {run.number: _known_facts(run, defaults, cache) for run in newest}
    metric = metric or default_metric(_names(facts.values()))
    candidates = {run.number: facts[run.number] for run in newest if run.proof is None}
    best = _best_run(candidates, metric)
    if sort is not None:
        newest = _sorted(newest, facts, sort)
    return [_known_row(run, facts[run.number], metric, controls, cache, best=run.number == best) for run in newest]


def metrics_of(runs: Sequence[RunLike], cache: Cache | None = None) -> list[str]:
    """Return the metrics that a table of ``runs`` can show: validation first, in the order they were recorded.

    Args:
        runs: The runs of one session.
        cache: The dict handed to ``run_rows``; what it holds of a run that has ended is not read again.
    """
    held = cache or {}
    known = [held[run.number].facts.scores if run.number in held else run.record().epochs for run in runs]
    return metric_order([name for names in known for name in names])


def default_metric(names: Sequence[str]) -> str:
    """Return which of the metrics to judge by unless told otherwise: validation loss, else the loss."""
    return next((name for name in _LOSSES if name in names), names[0] if names else "loss")


def _names(facts: Any) -> list[str]:
    return metric_order([name for one in facts for name in one.scores])


def _known_facts(run: RunLike, defaults: Mapping[str, Any], cache: Cache) -> RunFacts:
    key = (id(run), run.status, run.epochs, run.seconds)
    held = cache.get(run.number)
    if held is not None and held.key == key:
        return held.facts
    facts = _read_facts(run, defaults)
    if run.status in _ENDED:
        cache[run.number] = _Kept(key, facts)
    return facts


def _read_facts(run: RunLike, defaults: Mapping[str, Any]) -> RunFacts:
    course = follow(run)
    settings = {
        name: value
        for name, value in course.own_settings.items()
        if name not in _NOT_SHOWN and (name not in defaults or defaults[name] != value)
    }
    return RunFacts(
        scores={name: _score(course.record, name) for name in course.record.epochs},
        settings=settings,
        changes=len(course.changes_after(course.record.branch_step)),
        planned=course.record.planned_epochs,
        **_verdict(run),
    )


def _verdict(run: RunLike) -> dict[str, Any]:
    finding = next(iter(run.findings), None)
    if finding is not None and run.status != "failed":
        return {"verdict": finding.rule.title, "severity": finding.severity}
    return {"verdict": _ENDINGS.get(run.status, NO_TEXT), "severity": "problem" if run.status == "failed" else None}


def _score(record: History, name: str) -> Score:
    values = epoch_values(record, name)
    place = best_epoch(name, values)
    if place is None:
        return Score(last=last_value(values))
    return Score(float(values[place]), last_value(values), place + 1)


def _best_run(facts: Mapping[int, RunFacts], metric: str) -> int | None:
    """Return the number of the best run, the older of equals; None when fewer than two can be compared."""
    known = {number: one.scores[metric].best for number, one in facts.items() if metric in one.scores}
    known = {number: value for number, value in sorted(known.items()) if np.isfinite(value)}
    if len(known) < 2:
        return None
    numbers = list(known)
    place = best_epoch(metric, np.array(list(known.values())))
    return None if place is None else numbers[place]


def _sorted(runs: Sequence[RunLike], facts: Mapping[int, RunFacts], metric: str) -> list[RunLike]:
    def standing(run: RunLike) -> tuple[bool, float]:
        value = facts[run.number].scores.get(metric, Score()).best
        upwards = better(metric, 0.0, 1.0) == 1
        return not math.isfinite(value), -value if upwards else value

    return sorted(runs, key=standing)


def _known_row(
    run: RunLike, facts: RunFacts, metric: str, controls: Mapping[str, ControlSpec] | None, cache: Cache, *, best: bool
) -> RunRow:
    held = cache.get(run.number)
    if held is None or held.facts is not facts:
        return _row(run, facts, metric, controls, best=best)
    labels = (metric, best, run.name, run.note, run.pinned, run.has_weights, tuple(run.kept_epochs))
    if held.row is None or held.labels != labels:
        held.labels, held.row = labels, _row(run, facts, metric, controls, best=best)
    return held.row


def _row(
    run: RunLike, facts: RunFacts, metric: str, controls: Mapping[str, ControlSpec] | None, *, best: bool
) -> RunRow:
    loss = next((facts.scores[name] for name in _LOSSES if name in facts.scores), Score())
    return RunRow(
        number=run.number,
        name=run.name,
        title=run_title(run.number, run.name),
        note=run.note,
        pinned=run.pinned,
        parent=run.parent,
        sweep=run.sweep,
        proof=run.proof,
        status=run.status,
        settings=facts.settings,
        settings_text=settings_text(facts.settings, controls),
        changes=facts.changes,
        metric=metric,
        score=facts.scores.get(metric, Score()),
        loss=loss,
        verdict=facts.verdict,
        severity=facts.severity,
        seconds=run.seconds,
        epochs=run.epochs,
        planned=facts.planned,
        has_weights=run.has_weights,
        kept_epochs=run.kept_epochs,
        best=best,
    )
