"""The diagnosis: a card for each finding, refreshed with each epoch, and the evidence marked on the chart."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from time import monotonic

import ipywidgets

from ...core.diagnosis import Finding
from ...core.events import EpochEnded, RunEnded, RunStarted
from ...core.plot import Span
from ...core.plots.training_curves import finding_spans
from ...core.text import Text
from ..publisher import Batch
from ._base import Context, Panel, box, show_if
from ._finding_card import FindingCard
from ._standing import TRAINING

SHARE = 0.05
"""The share of time that diagnosing may take while training goes on; the end of a run is always diagnosed."""

_TITLE = Text(en="Diagnosis", zh="诊断")
_BEFORE = Text(
    en="After the first epochs, this is where it says what is going well or wrong, and what to do about it.",
    zh="训练几轮之后，这里会说明哪里正常、哪里有问题，以及如何改进。",
)
_EARLY = Text(en="Too early to say…", zh="现在判断为时尚早……")
_NOTHING = Text(en="Nothing found that would need your attention.", zh="没有发现需要注意的问题。")


class DiagnosisPanel(Panel):
    """Cards, most important first; each is made once and changed in place.

    Attributes:
        cards: Every card made so far, by the code of its rule; those not found now are hidden.
    """

    def __init__(self, context: Context, highlight: Callable[[Sequence[Span]], None]) -> None:
        super().__init__(context)
        self.cards: dict[str, FindingCard] = {}
        self._highlight = highlight
        self._findings: Sequence[Finding] = ()
        self._epoch_ends: Sequence[int] = ()
        self._chosen: str | None = None  # "" when a person wants nothing highlighted, None when none chose
        self._marked: list[Span] = []
        self._seconds, self._diagnosed, self._due = 0.0, 0.0, context.run is not None
        self._focus = context.selection.focus
        self._title, self._hint = ipywidgets.HTML(), ipywidgets.HTML()
        self._hint.add_class("kerastune-hint")
        self._stack = box([], "cards")
        self.widget = box([self._title, self._hint, self._stack], "diagnosis")
        self.translate()

    def translate(self) -> None:
        """Write every text anew."""
        self._title.value = f'<div class="kerastune-heading">{self.context.say(_TITLE)}</div>'
        for card in self.cards.values():
            card.translate()
        self._write_hint()

    def follow(self, batch: Batch) -> bool:
        """Diagnose outside the lock, so that no slider waits for it, then draw."""
        moved, self._focus = self._focus != self.context.selection.focus, self.context.selection.focus
        if moved or any(event.first_epoch == 0 for event in batch.of(RunStarted)):
            self._chosen, self._findings, self._due = None, (), self._due or moved
        self._due = self._due or batch.last(EpochEnded) is not None or batch.last(RunEnded) is not None
        ended = moved or batch.final or batch.last(RunEnded) is not None
        if self._due and (ended or monotonic() - self._diagnosed > self._seconds / SHARE):
            self._diagnose()
        super().follow(batch)
        return self._due

    def update(self, batch: Batch) -> bool:
        """Bring the cards in line with the findings."""
        places = {finding.code: place for place, finding in enumerate(self._findings)}
        for finding in self._findings:
            self._card(finding).update(finding, places[finding.code])
        for code, card in self.cards.items():
            if code not in places:
                card.hide()
        self._write_hint()
        self._mark()
        return False

    def _diagnose(self) -> None:
        run, start = self.context.focused, monotonic()
        if run is not None:
            self._findings, self._epoch_ends = run.findings, run.record().epoch_ends
        self._due, self._diagnosed = False, monotonic()
        self._seconds = self._diagnosed - start

    def _card(self, finding: Finding) -> FindingCard:
        if finding.code not in self.cards:
            self.cards[finding.code] = card = FindingCard(self.context, finding, self._select)
            self._stack.children = (*self._stack.children, card.widget)  # only ever added to: no card is drawn twice
        return self.cards[finding.code]

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
        notices = [] if self.context.run else [self.context.say(notice) for notice in self.context.session.notices]
        lines = [f'<p class="kerastune-notice">● {html.escape(notice)}</p>' for notice in notices]
        if not self._findings:
            lines.append(f"<p>{html.escape(self.context.say(self._silence()))}</p>")
        self._hint.value = "".join(lines)
        show_if(self._hint, bool(lines))

    def _silence(self) -> Text:
        if self.context.run is None:
            return _BEFORE
        return _EARLY if self.context.standing in TRAINING else _NOTHING
