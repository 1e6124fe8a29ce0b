"""The diagnosis: a card for each finding, refreshed with each epoch, and the evidence marked on the chart."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Sequence
from time import monotonic

import ipywidgets

from ...core.diagnosis import Diagnosis, Finding, rank
from ...core.events import EpochEnded, RunEnded, RunStarted
from ...core.hyperparameters import Hyperparameters
from ...core.plot import Span
from ...core.plots.training_curves import finding_spans
from ...core.text import Text
from ...core.training import RunLike
from ..making import make, show_if
from ..publisher import Batch
from ._base import Context, Panel, box
from ._finding_card import FindingCard, equal_fixes
from ._standing import TRAINING

logger = logging.getLogger(__name__)

QUIET = 0.5
"""Seconds after it was made in which it looks at nothing, so that the widget appears first."""

SHARE = 0.05
"""The share of time that diagnosing may take while training goes on; the end of a run is always diagnosed."""

_TITLE = Text(en="Diagnosis", zh="诊断")
_BEFORE = Text(
    en="After the first epochs, this is where it says what is going well or wrong, and what to do about it.",
    zh="训练几轮之后，这里会说明哪里正常、哪里有问题，以及如何改进。",
)
_EARLY = Text(en="Too early to say…", zh="现在判断为时尚早……")
_MORE_ONE = Text(en="1 more finding", zh="还有 1 条诊断")
_MORE = Text(en="{count} more findings", zh="还有 {count} 条诊断")
_NOTHING = Text(en="Nothing found that would need your attention.", zh="没有发现需要注意的问题。")


class DiagnosisPanel(Panel):
    """Cards, root causes first, those beyond three folded away; each is made once and changed in place.

    Before the first run it shows what settings, model and data tell; then the findings of the run in focus.

    Attributes:
        cards: Every card made so far, by the code of its rule; those not found now are hidden.
        more: Unfolds the cards beyond three.
    """

    def __init__(
        self, context: Context, highlight: Callable[[Sequence[Span]], None], announce: Callable[[str], None]
    ) -> None:
        super().__init__(context)
        self.cards: dict[str, FindingCard] = {}
        self._highlight, self._announce = highlight, announce
        self._findings = Diagnosis()
        self._run: RunLike | None = None  # whose findings they are
        self._settings: Hyperparameters | None = None  # for which they were found, before the first run
        self._epoch_ends: Sequence[int] = ()
        self._chosen: str | None = None  # "" when a person wants nothing highlighted, None when none chose
        self._marked: list[Span] = []
        self._seconds, self._diagnosed, self._due = 0.0, 0.0, True
        self._focus, self._made = context.selection.focus, monotonic()
        self._title, self._hint = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self._hint.add_class("kerastune-hint")
        self.more = context.guard(make(ipywidgets.ToggleButton, layout=ipywidgets.Layout()))
        self.more.add_class("kerastune-fold-toggle")
        self._stack = box([self.more], "cards")
        self.widget = box([self._title, self._hint, self._stack], "diagnosis")
        self.translate()

    def translate(self) -> None:
        """Write every text anew."""
        self._title.value = f'<div class="kerastune-heading">{self.context.say(_TITLE)}</div>'
        for card in self.cards.values():
            card.translate()
        self._write_more()
        self._write_hint()

    def follow(self, batch: Batch) -> bool:
        """Diagnose outside the lock, so that no slider waits for it, then draw."""
        moved, self._focus = self._focus != self.context.selection.focus, self.context.selection.focus
        about = [event for event in batch.events if event.run == self._focus]
        began = any(isinstance(event, RunStarted) and event.first_epoch == 0 for event in about)
        if moved or began:
            self._chosen, self._findings = None, Diagnosis()
            for card in self.cards.values():
                card.touched = False
        ended = moved or began or batch.final or any(isinstance(event, RunEnded) for event in about)
        self._due = self._due or ended or any(isinstance(event, EpochEnded) for event in about) or self._is_stale()
        if self._due and (ended or self._is_time()):
            self._diagnose()
        super().follow(batch)
        return self._due

    def update(self, batch: Batch) -> bool:
        """Bring the cards in line with the findings."""
        titles = {finding.name: finding.rule.title for finding in self._findings}
        shown = len(self._findings.shown)
        for place, finding in enumerate(self._findings):
            causes = [titles[name] for name in finding.because if name in titles]
            order = place + (place >= shown)  # the button that unfolds the rest stands between
            offers = all(not equal_fixes(finding.fix, above.fix) for above in self._findings[:place])
            self._card(finding).update(finding, order, causes, self._run, folded=place >= shown, offers=offers)
        codes = {finding.code for finding in self._findings}
        for code, card in self.cards.items():
            if code not in codes:
                card.hide()
        self._write_more()
        self._write_hint()
        self._mark()
        return False

    def _is_time(self) -> bool:
        now = monotonic()
        if self._focus is None:
            return now - self._made > QUIET
        return now - self._diagnosed > self._seconds / SHARE

    def _is_stale(self) -> bool:
        return self._focus is None and self._settings != self.context.session.settings

    def _diagnose(self) -> None:
        self._run, start = self.context.focused, monotonic()
        try:
            if self._run is not None:
                self._findings, self._epoch_ends = Diagnosis(self._run.findings), self._run.record().epoch_ends
            else:
                self._settings, self._epoch_ends = self.context.session.settings, ()
                self._findings = self._with_touched(self.context.session.findings)
        except Exception:
            logger.exception("The diagnosis failed")
        self._due, self._diagnosed = False, monotonic()
        self._seconds = self._diagnosed - start

    def _with_touched(self, findings: Diagnosis) -> Diagnosis:
        """Keep a finding whose fix was just applied: its card says so, and what the proof comes to."""
        codes = {finding.code for finding in findings}
        touched = [card for card in self.cards.values() if card.touched and card.applied]
        kept = [card.finding for card in touched if card.finding.code not in codes]
        return Diagnosis(rank([*findings, *kept])) if kept else findings

    def _card(self, finding: Finding) -> FindingCard:
        if finding.code not in self.cards:
            self.cards[finding.code] = card = FindingCard(self.context, finding, self._select, self._announce)
            *before, more = self._stack.children  # only ever added to: no card is drawn twice
            self._stack.children = (*before, card.widget, more)
        return self.cards[finding.code]

    def _write_more(self) -> None:
        count = len(self._findings.folded)
        show_if(self.more, bool(count))
        self.more.layout.order = str(len(self._findings.shown))
        words = _MORE_ONE if count == 1 else _MORE
        self.more.description = self.more.tooltip = self.context.say(words, count=count)

    def _select(self, card: FindingCard, selected: bool) -> None:
        """Highlight what a person asked for."""
        if selected != (self._highlighted() == card.finding.code):
            self._chosen = card.finding.code if selected else ""
            self._mark()

    def _highlighted(self) -> str:
        """Return the code of the finding to highlight: the chosen one while it lasts, else the first with a span."""
        codes = [finding.code for finding in self._findings if finding.span is not None]
        if self._chosen == "" or self._chosen in codes:
            return self._chosen or ""
        return codes[0] if codes else ""

    def _mark(self) -> None:
        code = self._highlighted()
        for card in self.cards.values():
            card.show.value = card.finding.code == code
        found = next((finding for finding in self._findings if finding.code == code), None)
        spans = finding_spans([found] if found else [], self._epoch_ends)
        if spans != self._marked:
            self._marked = spans
            self._highlight(spans)

    def _write_hint(self) -> None:
        notices = [] if self._focus else [self.context.say(notice) for notice in self.context.session.notices]
        lines = [f'<p class="kerastune-notice">● {html.escape(notice)}</p>' for notice in notices]
        if not self._findings:
            lines.append(f"<p>{html.escape(self.context.say(self._silence()))}</p>")
        self._hint.value = "".join(lines)
        show_if(self._hint, bool(lines))

    def _silence(self) -> Text:
        if self._focus is None:
            return _BEFORE
        return _EARLY if self.context.standing in TRAINING else _NOTHING
