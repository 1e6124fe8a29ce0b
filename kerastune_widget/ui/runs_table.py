"""The table of runs as a widget: one for any number of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..core.text import Language
from .bundle import bundle
from .comm_route import answer_where_asked
from .palette import DARK, LIGHT

_STATIC = Path(__file__).parent / "static"

Row = Mapping[str, Any]
"""One run as ``core.run_table`` describes it in JSON."""


class RunsTable(anywidget.AnyWidget):  # type: ignore[misc]
    """Draws rows and passes on what a person does; knows no session.

    Attributes:
        rows: One JSON object a run, oldest first.
        look: What is shown and selected, which metric, what there is to say: see ``panels/runs.py``.
        language: "en" or "zh".
        view: How a person sorted the rows in the page; survives a reload.
        palettes: The colours of the curves, on light and on dark ground.
        ready: Whether a page draws the table.
    """

    _esm = bundle(_STATIC / "runs")
    _css = _STATIC / "runs.css"
    rows = traitlets.List().tag(sync=True)
    look = traitlets.Dict().tag(sync=True)
    language = traitlets.Enum(("en", "zh"), "en").tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    palettes = traitlets.Dict().tag(sync=True)

    def __init__(self, language: Language, look: Mapping[str, Any], act: Callable[[str, Row], None]) -> None:
        """Draw no rows yet.

        Args:
            language: What it speaks at first.
            look: What ``look`` holds at first.
            act: Called with each action of a person and what it is about, on whichever thread messages arrive.
        """
        self.ready = False
        self._act = act
        self._sent: dict[int, Row] = {}
        super().__init__(language=language, look=dict(look), palettes={"light": LIGHT, "dark": DARK})
        self.on_msg(self._receive)
        answer_where_asked(self)

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows and no others."""
        self._sent = {row["number"]: row for row in rows}
        self.rows = list(rows)

    def change(self, row: Row) -> None:
        """Show one run's row as it is now, at the cost of that row alone; ``show`` keeps it for good."""
        if self._sent.get(row["number"]) != row:
            self._sent[row["number"]] = row
            self.send({"kind": "row", "row": row})

    def show_code(self, run: int, code: str) -> None:
        """Unfold a run's code."""
        self.send({"kind": "code", "run": run, "code": code})

    def resend(self) -> None:
        """Send the rows that are newer than ``rows``, to a page that has just appeared."""
        self.ready = True
        for row in self._sent.values():
            if row not in self.rows:
                self.send({"kind": "row", "row": row})

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and isinstance(content.get("action"), str):
            self._act(content["action"], content)
