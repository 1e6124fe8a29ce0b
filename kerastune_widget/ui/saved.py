"""What a saved notebook shows where neither a kernel nor our JavaScript runs: the last picture and the table of runs.

It is an output of its own beside the widget's. The live widget hides it by a style sheet that travels with the widget,
so that a person sees either the one or the other.
"""

from __future__ import annotations

import weakref
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from html import escape
from io import BytesIO
from typing import Any
from uuid import uuid4

import ipywidgets
from IPython import get_ipython

from ..core.events import Event, RunDeleted, RunEnded, RunLabelled, RunRestored
from ..core.run_table import Cache
from ..core.text import Text
from ..core.training import RunLike
from .making import make, show_if
from .saved_table import table
from .still import StillPainter
from .workbench import Workbench

_INTERVAL = 2.0  # seconds between two updates
_COLOURS = 64  # of the picture; curves on white need no more, and a notebook should stay small
_WORTH_SAVING = (RunEnded, RunLabelled, RunDeleted, RunRestored)

_HEAD = Text(
    en="Saved state. Run this cell again to go on working.",
    zh="这是保存下来的状态。重新运行此单元格即可继续操作。",
)
_PICTURE = Text(en="Curves of run {number}: {status}", zh="第 {number} 次运行的曲线：{status}")


class SavedState:
    """Keeps the still output of one widget up to date, wherever that is displayed.

    The output is rewritten after a run has ended, by a thread, and at the end of a cell if no page draws the widget: a
    notebook that is executed unattended takes notice of nothing later.
    """

    def __init__(self, workbench: Workbench) -> None:
        """Start to listen to the session of ``workbench``; nothing is painted before ``show``."""
        self._workbench = workbench
        self._session = workbench.session
        self._name = f"kerastune-saved-{uuid4().hex[:12]}"
        self._painter = StillPainter(workbench.spec, self._publish, interval=_INTERVAL)
        self._cache: Cache = {}
        self._shell: Any = None
        self._new = False
        self._listen()

    def style_sheet(self) -> ipywidgets.HTML:
        """Return a widget that takes no room and hides the still output as long as it is on the page."""
        hidden = f".jp-OutputArea-child:has(.{self._name}), .{self._name}"
        sheet = make(ipywidgets.HTML, f"<style>{hidden} {{ display: none !important; }}</style>")
        show_if(sheet, False)
        return sheet

    def show(self) -> None:
        """Put the still output under the current cell; it is empty until there is a run to show."""
        if self._shell is None:
            self._shell = get_ipython()
            self._follow_cells()
            self._painter.open(at_once=False)
        self._display(self._bundle(), update=False)
        self._new = bool(self._runs)
        self._painter.touch()

    def save(self) -> None:
        """Rewrite the output now if something happened since the last time."""
        if self._shell is not None and self._new:
            self._painter.paint()

    def close(self) -> None:
        """Rewrite nothing any more."""
        self._ending()
        self._painter.close()

    def _listen(self) -> None:
        itself = weakref.ref(self)  # the session must not keep the widget alive

        def heard(event: Event) -> None:
            saved = itself()
            if saved is not None and isinstance(event, _WORTH_SAVING):
                saved._touch()

        subscription = self._session.events.subscribe(Event, heard)
        self._ending = weakref.finalize(self, subscription.close)

    def _follow_cells(self) -> None:
        itself, events = weakref.ref(self), self._shell.events

        def cell_ended() -> None:
            saved = itself()
            if saved is not None and not saved._workbench.curves.chart.ready:
                saved.save()

        events.register("post_execute", cell_ended)
        weakref.finalize(self, _forget, events, cell_ended)

    def _touch(self) -> None:
        self._new = True
        self._painter.language = self._workbench.language
        self._painter.touch()

    def _publish(self, png: bytes) -> None:
        self._new = False
        self._display(self._bundle(_smaller(png)), update=True)

    def _bundle(self, png: bytes = b"") -> dict[str, Any]:
        """Return the output; with the picture a second time, by itself, for exporters that don't read HTML."""
        html = self._html(png) if png and self._runs else ""
        bundle: dict[str, Any] = {"text/html": f'<div class="kerastune-saved {self._name}">{html}</div>'}
        return {**bundle, "image/png": png} if html else bundle

    def _html(self, png: bytes) -> str:
        run, language = self._runs[-1], self._workbench.language
        words = escape(_PICTURE.get(language, number=run.number, status=run.status))
        picture = f'<img alt="{words}" src="data:image/png;base64,{b64encode(png).decode()}" style="max-width:100%">'
        rows = table(self._session, language, self._cache)
        return f"{self._alone}<p>{escape(_HEAD.get(language))}</p>{picture}{rows}"

    @property
    def _runs(self) -> list[RunLike]:
        """The runs to show: those of a proof are left out."""
        return [run for run in self._session.runs if run.proof is None]

    @property
    def _alone(self) -> str:
        """Where the widget can't come back, JupyterLab says so above the still output; that line is hidden."""
        follows = f":has(+ .jp-OutputArea-child .{self._name})"
        gone = f".jp-OutputArea-child{follows}:not(:has(.kerastune-workbench))"
        return f"<style>{gone} {{ display: none; }}</style>"

    def _display(self, bundle: dict[str, Any], *, update: bool) -> None:
        """Send the output; unlike printing, an update finds its place from any thread."""
        transient = {"display_id": self._name}
        self._shell.display_pub.publish(bundle, transient=transient, update=update)


def can_display() -> bool:
    """Return whether this is a kernel, whose outputs are kept in notebooks."""
    return getattr(get_ipython(), "kernel", None) is not None


def _smaller(png: bytes) -> bytes:
    """Return the picture with few colours: a third of the size, for eyes the same."""
    from PIL import Image

    buffer = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE)  # rare colours are kept, too
        few.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def _forget(events: Any, handler: Callable[[], None]) -> None:
    with suppress(ValueError):
        events.unregister("post_execute", handler)
