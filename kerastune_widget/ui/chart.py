"""The live chart: drawn by the browser from what is new, or as still pictures where our JavaScript does not run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock, Timer
from typing import Any

import anywidget
import ipywidgets
import traitlets
from numpy.typing import ArrayLike

from ..core.plot import Annotation, PlotSpec, Span
from ..core.text import NO_TEXT, Language
from .bundle import bundle
from .chart_store import ChartStore, Message, Picks
from .comm_route import answer_where_asked
from .making import make
from .still import StillPainter

_STATIC = Path(__file__).parent / "static"
_PATIENCE = 4.0  # seconds from the first numbers until still pictures take over

Numbers = Mapping[str, tuple[ArrayLike, ArrayLike]]


class LiveChart(anywidget.AnyWidget):  # type: ignore[misc]
    """A chart that lives in the page and is fed by one thread.

    Numbers travel as custom messages with a binary buffer, straight from the feeding thread; no trait ever holds them,
    so the saved state of a notebook stays small. Every message carries a sequence number and start offsets: a page that
    misses one asks for the whole.

    Attributes:
        language: "en" or "zh".
        view: What a person chose in the page (smoothing, logarithmic axes, hidden curves); survives a reload.
        snapshot: A thinned copy of the curves, kept by the page for a notebook that is opened without a kernel.
    """

    _esm = bundle(_STATIC / "chart")
    _css = _STATIC / "chart.css"
    language = traitlets.Enum(("en", "zh"), "en").tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    snapshot = traitlets.Dict().tag(sync=True)

    def __init__(self, language: Language = "en", on_ready: Callable[[], None] | None = None) -> None:
        super().__init__(language=language)
        self.ready = False
        self._lock = Lock()
        self._on_ready = on_ready
        self._on_pick: Callable[[int, int], None] | None = None
        self._on_pick_x: Callable[[float], None] | None = None
        self._store = ChartStore(PlotSpec(name="", title=NO_TEXT, x_title=NO_TEXT))
        self.on_msg(self._answer)
        answer_where_asked(self)

    @property
    def series_ids(self) -> frozenset[str]:
        """The curves that ``append_many`` can append to."""
        return self._store.ids

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return self._store.empty

    def spec(self) -> PlotSpec:
        """Return the plot as it stands, numbers included."""
        with self._lock:
            return self._store.spec()

    def show(self, spec: PlotSpec) -> None:
        """Show ``spec`` in place of what is shown; only what is new travels when it continues that."""
        with self._lock:
            self._publish(self._store.advance(spec))

    def append(self, series_id: str, x: ArrayLike, y: ArrayLike) -> None:
        """Append numbers to one curve."""
        self.append_many({series_id: (x, y)})

    def append_many(self, numbers: Numbers) -> None:
        """Append numbers to several curves in one message; those of an unknown curve are ignored."""
        with self._lock:
            self._publish(self._store.extend(numbers, {}))

    def annotate(self, annotation: Annotation) -> None:
        """Add a vertical mark."""
        with self._lock:
            self._publish(self._store.mark(annotations=[*self._store.annotations, annotation]))

    def set_spans(self, spans: Sequence[Span]) -> None:
        """Highlight these stretches and no others."""
        with self._lock:
            self._publish(self._store.mark(spans=list(spans)))

    def set_epoch_ends(self, epoch_ends: Sequence[int]) -> None:
        """Say at which steps epochs ended; needed only where no validation curve tells."""
        with self._lock:
            self._publish(self._store.mark(epoch_ends=list(epoch_ends)))

    def offer(self, picks: Picks) -> None:
        """Say which ends of epochs can be picked, and no others."""
        with self._lock:
            self._publish(self._store.offer(picks))

    def on_pick(self, handler: Callable[[int, int], None]) -> None:
        """Call ``handler`` with the number of the run and the epochs done when a person picks the end of an epoch."""
        self._on_pick = handler

    def on_pick_x(self, handler: Callable[[float], None]) -> None:
        """Call ``handler`` with the position that a person picks, on a plot that has an ``x_pick``."""
        self._on_pick_x = handler

    def _answer(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Answer the page; runs on whichever thread the kernel hands messages to."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "pick":
            self._pick(content)
        if kind == "pickX":
            self._pick_x(content.get("x"))
        if kind not in ("ready", "resync"):
            return
        with self._lock:
            self._publish(self._store.whole())
        if kind == "ready":
            self.ready = True
            if self._on_ready is not None:
                self._on_ready()

    def _pick(self, content: Mapping[str, Any]) -> None:
        run, epoch = content.get("run"), content.get("epoch")
        if self._on_pick is not None and isinstance(run, int) and isinstance(epoch, int):
            self._on_pick(run, epoch)

    def _pick_x(self, x: Any) -> None:
        if self._on_pick_x is not None and isinstance(x, int | float) and math.isfinite(x):
            self._on_pick_x(float(x))

    def _publish(self, message: Message | None) -> None:
        if message is not None:
            content, numbers = message
            self.send(content, buffers=[numbers])


class ChartArea(ipywidgets.VBox):  # type: ignore[misc]
    """The live chart and, where the page never answers, still pictures in its place.

    If no page has said "ready" four seconds after the first numbers, pictures are painted at most once a second and for
    at most a tenth of one core's time, so that a notebook executed without a browser neither hangs nor slows down
    and keeps its last picture. Where our JavaScript runs, its style sheet hides them at once, even while a busy kernel
    can't read the page's "ready"; the kernel hides them and stops painting when it does.

    Every method may be called from any thread; one thread should feed it.
    """

    def __init__(self, language: Language = "en", *, patience: float = _PATIENCE) -> None:
        self._chart = LiveChart(language, self._stop_stills)
        self._image = make(ipywidgets.Image, format="png", layout={"display": "none", "max_width": "100%"})
        self._image.add_class("kerastune-still")
        self._painter = StillPainter(self._chart.spec, self._show_still, language)
        self._patience = patience
        self._timer: Timer | None = None
        self._lock = Lock()
        super().__init__(children=(self._chart, self._image), layout={"width": "100%"})
        answer_where_asked(self)
        self.add_class("kerastune-chart-area")

    @property
    def ready(self) -> bool:
        """Whether a page draws the live chart."""
        return bool(self._chart.ready)

    @property
    def series_ids(self) -> frozenset[str]:
        """The curves that ``append_many`` can append to."""
        return self._chart.series_ids

    def show(self, spec: PlotSpec) -> None:
        """Show ``spec`` in place of what is shown; cheap to call again and again with a plot that grows."""
        self._chart.show(spec)
        self._touch()

    def append_many(self, numbers: Numbers) -> None:
        """Append numbers, positions and values by curve; those of an unknown curve are ignored."""
        self._chart.append_many(numbers)
        self._touch()

    def annotate(self, annotation: Annotation) -> None:
        """Add a vertical mark."""
        self._chart.annotate(annotation)
        self._touch()

    def set_spans(self, spans: Sequence[Span]) -> None:
        """Highlight these stretches and no others."""
        self._chart.set_spans(spans)
        self._touch()

    def set_epoch_ends(self, epoch_ends: Sequence[int]) -> None:
        """Say at which steps epochs ended; needed only where no validation curve tells."""
        self._chart.set_epoch_ends(epoch_ends)
        self._touch()

    def offer(self, picks: Picks) -> None:
        """Say which ends of epochs can be picked, and no others: by run, epochs from 1 and where they end."""
        self._chart.offer(picks)

    def on_pick(self, handler: Callable[[int, int], None]) -> None:
        """Call ``handler`` with the number of the run and the epochs done when a person picks the end of an epoch."""
        self._chart.on_pick(handler)

    def on_pick_x(self, handler: Callable[[float], None]) -> None:
        """Call ``handler`` with the position that a person picks, on a plot that has an ``x_pick``."""
        self._chart.on_pick_x(handler)

    def set_language(self, language: Language) -> None:
        """Switch to "en" or "zh"; zoom and choices stay."""
        self._chart.language = language
        self._painter.language = language
        self._touch()

    def spec(self) -> PlotSpec:
        """Return the plot as it stands, numbers included, for a still picture or a report."""
        return self._chart.spec()

    def finish(self) -> None:
        """Paint the last picture now if no page draws the chart, so that a notebook run without a browser keeps it."""
        if not self.ready and not self._chart.empty:
            self._painter.paint()

    def close(self) -> None:
        """Stop painting and remove the chart from every page."""
        self._painter.close()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        for widget in (self._chart, self._image):
            widget.close()
        super().close()

    def _touch(self) -> None:
        """Paint a still soon, where stills are wanted; start to wait for the page at the first numbers."""
        if self.ready or self._chart.empty:
            return
        with self._lock:
            if self._timer is None:
                self._timer = Timer(self._patience, self._start_stills)
                self._timer.daemon = True
                self._timer.start()
        self._painter.touch()

    def _start_stills(self) -> None:
        if not self.ready:
            self._painter.open()

    def _show_still(self, png: bytes) -> None:
        if self.ready:
            return
        self._image.value = png
        self._image.layout.display = None
        if self.ready:  # the page answered meanwhile
            self._stop_stills()

    def _stop_stills(self) -> None:
        self._painter.close()
        self._image.layout.display = "none"
        self._image.value = b""
