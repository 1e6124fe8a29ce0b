"""The runs: a table of all of them, which are on the chart, and what can be done with each."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from ...core.events import (
    EpochEnded,
    RunDeleted,
    RunEnded,
    RunLabelled,
    RunQueued,
    RunRequested,
    RunRestored,
    RunStarted,
)
from ...core.metric_direction import direction
from ...core.plots._words import value_title
from ...core.run_table import Cache, default_metric, metrics_of, run_rows
from ...core.text import NO_TEXT, Text
from ..making import show_if
from ..publisher import Batch
from ..runs_table import Row, RunsTable
from ._base import Context, Panel, box
from ._run_actions import RunActions
from ._runs_still import RunsStill
from ._standing import TRAINING

logger = logging.getLogger(__name__)

ROW_PERIOD = 0.5
"""Seconds between two changes of the row of a run that trains."""

SHARE = 0.1
"""Share of the time that reading the runs may take."""

_TURNS = (RunRequested, RunQueued, RunStarted, RunEnded, RunLabelled, RunDeleted, RunRestored)
_SHOWN = (
    *("number", "name", "note", "pinned", "parent", "sweep", "proof", "settings", "best", "best_epoch", "is_best"),
    *("last", "verdict", "severity", "seconds", "epochs", "planned", "has_weights"),
)


class RunsPanel(Panel):
    """The table, live or plain.

    Attributes:
        table: The live table.
        still: Its replacement where our JavaScript does not run.
        actions: What a person can do.
        metric: Which metric the table shows; None until one was recorded.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.metric: str | None = None
        self._metrics: Sequence[str] = ()
        self._chosen: str | None = None
        self._deleted: list[int] = []
        self._cache: Cache = {}
        self._made: list[Row] | None = None  # read, and not shown yet
        self._turned, self._behind, self._drawn, self._seconds = False, False, 0.0, 0.0
        self.table = context.guard(RunsTable(context.language, self._look(), self._act))
        self.actions = RunActions(context, self.table.show_code)
        self.still = RunsStill(context, self._act)
        self.widget = box([self.table, self.still.widget], "runs")
        self.table.show(self._rows())
        self._draw()

    def translate(self) -> None:
        """Write every text anew; rows and messages travel in both languages."""
        self.table.language = self.context.language
        self.still.translate()

    def follow(self, batch: Batch) -> bool:
        """Read the runs outside the lock, so that no slider waits for it, then draw."""
        self._turned = self._turned or any(isinstance(event, _TURNS) for event in batch.events)
        self._behind = self._behind or batch.last(EpochEnded) is not None
        late = monotonic() - self._drawn > max(ROW_PERIOD, self._seconds / SHARE)
        if self._turned or (self._behind and (batch.final or late)):
            self._read_runs()
        super().follow(batch)
        return self._behind

    def update(self, batch: Batch) -> bool:
        """Show all rows when a run began, ended or was labelled, and only what changed while one trains."""
        self._follow_deletions(batch)
        if self._made is not None:
            (self.table.show if self._turned else self._change)(self._made)
            self._turned, self._made = False, None
        self._draw()
        if batch.last(RunEnded) is not None or self.still.widget.layout.display is None:
            self._show_still()
        return self._behind

    def show_metric(self, metric: str) -> None:
        """Show and compare another metric, such as "val_accuracy"."""
        if metric in self._metrics:
            self._chosen = metric
            self.table.show(self._rows())
            self._draw()
            self.context.nudge()  # others show it too

    def _read_runs(self) -> None:
        start = monotonic()
        try:
            self._made = self._rows()
        except Exception:
            logger.exception("The table of runs could not be read")
        self._drawn, self._behind = monotonic(), False
        self._seconds = self._drawn - start

    def _rows(self) -> list[Row]:
        """Return a row for each run, oldest first."""
        session = self.context.session
        runs = session.runs
        self._metrics = metrics_of(runs, self._cache)
        self.metric = self._chosen if self._chosen in self._metrics else default_metric(self._metrics)
        made = run_rows(runs, session.defaults, metric=self.metric, controls=session.controls, cache=self._cache)
        return [_shown(row.to_json()) for row in reversed(made)]

    def _change(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.table.change(row)

    def _draw(self) -> None:
        self.table.look = self._look()
        show_if(self.widget, bool(self.table.rows) or bool(self._deleted))

    def _look(self) -> dict[str, Any]:
        """Return what the table shows besides the rows."""
        context, selection, actions = self.context, self.context.selection, getattr(self, "actions", None)
        run = context.run
        return {
            "shown": list(selection.shown),
            "focus": selection.focus,
            "colours": {str(number): selection.colours[number] for number in selection.shown},
            "metric": self.metric,
            "metrics": [{"name": name, "title": _words(value_title(name))} for name in self._metrics],
            "higher": self.metric is not None and direction(self.metric) == "up",
            "floor": context.session.noise_floor(self.metric) if self.metric is not None else None,
            "active": run.number if run is not None and context.standing in TRAINING else None,
            "can_train": context.session.can_train,
            "deleted": self._last_deleted(),
            "said": _words(actions.said if actions else NO_TEXT),
            "complaint": _words(actions.complaint if actions else NO_TEXT),
        }

    def _follow_deletions(self, batch: Batch) -> None:
        for event in batch.events:
            if isinstance(event, RunDeleted):
                self._deleted.append(event.run)
            elif isinstance(event, RunRestored) and event.run in self._deleted:
                self._deleted.remove(event.run)
            elif isinstance(event, RunRequested):
                self._deleted.clear()

    def _last_deleted(self) -> dict[str, Any] | None:
        if not self._deleted:
            return None
        run = self.context.session.find(self._deleted[-1])
        return {"number": run.number, "name": run.name}

    def _act(self, action: str, content: Mapping[str, Any]) -> None:
        """Do what a person asked for, on whichever thread the message arrives."""
        with self.context.lock:
            if action == "ready":
                self.table.resend()
                self.still.hide()
            elif action == "metric":
                self.show_metric(str(content.get("metric")))
            elif action == "dismiss":
                self._deleted.clear()
            elif action in self.actions:
                self.actions.do(action, content)
                self.still.tell(self.actions.complaint if self.actions.complaint.en else self.actions.said)
            self._draw()

    def _show_still(self) -> None:
        """Fill the plain table unless a page draws the live one, whose style sheet hides this in any case."""
        if not self.table.ready and self.table.rows:
            self.still.show([row for row in self.table.rows if row["proof"] is None])


def _shown(row: Row) -> Row:
    """Return what the table draws of a row: a hundred of them are saved with the notebook."""
    shown = {name: _short(row[name]) for name in _SHOWN}
    return {**shown, "kept": bool(row["kept"])}


def _short(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _words(text: Text) -> dict[str, str]:
    return {"en": text.get("en"), "zh": text.get("zh")}
