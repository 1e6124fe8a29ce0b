"""Still pictures for a front-end without our JavaScript, painted seldom enough to cost next to nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock, Timer
from time import perf_counter

from ..core.plot import PlotSpec
from ..core.text import Language
from .figure import draw, to_png

logger = logging.getLogger(__name__)

_INTERVAL = 1.0
_SHARE = 0.1  # of one core's time


class StillPainter:
    """Paints what was touched, on a thread of its own, once opened and until closed.

    A touch is painted about a second later, so that the last one is never lost and many cost one picture.

    Args:
        spec: Returns the plot to paint.
        show: Takes the picture, a PNG.
        language: "en" or "zh"; may be changed later.
        interval: Least seconds between two pictures.
    """

    def __init__(
        self,
        spec: Callable[[], PlotSpec],
        show: Callable[[bytes], None],
        language: Language = "en",
        *,
        interval: float = _INTERVAL,
    ) -> None:
        self.language = language
        self._spec = spec
        self._show = show
        self._interval = interval
        self._cost = 0.0
        self._opened = self._closed = False
        self._timer: Timer | None = None
        self._lock = Lock()
        self._painting = Lock()

    def open(self, *, at_once: bool = True) -> None:
        """Begin to paint: at once, or when the next touch asks for it."""
        self._opened = True
        if at_once:
            self._plan(0.0)

    def close(self) -> None:
        """Paint no more."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()

    def touch(self) -> None:
        """Say that there is something new to paint."""
        if self._opened:
            self._plan(max(self._interval, self._cost / _SHARE))

    def paint(self) -> None:
        """Paint now, in the calling thread, whether opened or not; nothing once closed."""
        with self._painting:
            if self._closed:
                return
            start = perf_counter()
            try:
                self._show(to_png(draw(self._spec(), self.language)))
            except Exception:
                logger.exception("No still picture of the chart could be painted")
                self.close()
            self._cost = perf_counter() - start

    def _plan(self, delay: float) -> None:
        with self._lock:
            if self._closed or self._timer is not None:
                return
            self._timer = Timer(delay, self._paint_planned)
            self._timer.daemon = True
            self._timer.start()

    def _paint_planned(self) -> None:
        with self._lock:
            self._timer = None  # what is touched from here on needs another picture
        self.paint()
