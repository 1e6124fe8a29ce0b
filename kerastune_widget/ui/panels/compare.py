"""The comparison: when exactly two runs are on the chart, what differed and whether comparing them is fair."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import ipywidgets

from ...core.comparison import Comparison, compare
from ...core.events import EpochEnded, RepeatEnded, RunEnded, RunLabelled
from ...core.text import NO_TEXT, Text
from ...core.training import RunLike
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel
from ._comparison_page import comparison_page
from ._fold import Fold
from ._naming import naming

PERIOD = 1.0
"""Seconds between two comparisons while one of the runs trains."""

_TITLE = Text(en="Compare {first} and {second}: {headline}", zh="比较{first}和{second}：{headline}")


class ComparePanel(Panel):
    """A fold that is there only while two runs are shown; its title already says whether the comparison is fair.

    Attributes:
        comparison: What is said at present; None unless two runs are shown.
    """

    def __init__(self, context: Context, metric: Callable[[], str | None]) -> None:
        super().__init__(context)
        self.comparison: Comparison | None = None
        self._metric = metric
        self._version, self._compared, self._behind = -1, 0.0, False
        self._shown: str | None = None  # which metric comes first
        self._page = make(ipywidgets.HTML)
        self._fold = Fold(context, NO_TEXT, [self._page])
        self.widget = self._fold.widget
        self.translate()

    def translate(self) -> None:
        """Write everything anew."""
        show_if(self.widget, self.comparison is not None)
        self._shown = self._metric()
        if self.comparison is None:
            return
        comparison, find = self.comparison, self.context.session.find
        titles = {"first": naming(find(comparison.first)), "second": naming(find(comparison.second))}
        language, floors = self.context.language, self.context.session.noise_floor
        self._fold.retitle(_TITLE.filled(headline=comparison.headline, **titles))
        self._page.value = comparison_page(comparison, self._shown, language, floors)

    def update(self, batch: Batch) -> bool:
        """Compare anew when other runs are shown, when one ended, and now and then while one trains."""
        changed = self._version != self.context.selection.version
        changed = (
            changed
            or batch.last(RepeatEnded) is not None
            or batch.last(RunEnded) is not None
            or batch.last(RunLabelled) is not None
        )
        pair = self._pair()
        self._behind = pair is not None and (self._behind or batch.last(EpochEnded) is not None)
        if changed or (self._behind and (batch.final or monotonic() - self._compared > PERIOD)):
            self._compare(pair)
        elif self._shown != self._metric():
            self.translate()
        return self._behind

    def _pair(self) -> tuple[RunLike, RunLike] | None:
        shown = self.context.overlaid
        return (shown[0], shown[1]) if len(shown) == 2 else None

    def _compare(self, pair: tuple[RunLike, RunLike] | None) -> None:
        self._version, self._compared, self._behind = self.context.selection.version, monotonic(), False
        session = self.context.session
        self.comparison = compare(*pair, session.runs, controls=session.controls) if pair is not None else None
        self.translate()
