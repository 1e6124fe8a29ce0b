"""Spread by source: one source of chance varied at a time, a bar for each."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, ClassVar

import ipywidgets

from ...core.plots._words import in_sentence, value_title
from ...core.repeat import GOVERNED
from ...core.spread_by_source import TITLES, SourceRow
from ...core.text import Language, Text
from ...core.training import SpreadLike
from ..making import make
from ._checked import CheckedValues
from ._repeat_table import written
from ._repeated import RepeatedPanel

COUNT, MOST = 5, 50

_COUNT = Text(en="Runs for each", zh="每种运行次数")
_COUNT_HELP = Text(en="How many runs vary each source", zh="每种来源各变化多少次运行")
_SOURCES = Text(en="Sources of chance", zh="随机性的来源")
_HEADS = (
    Text(en="Source", zh="来源"),
    Text(en="Standard deviation of {metric}", zh="{metric}的标准差"),
    Text(en="Share of the spread", zh="占总波动的比例"),
)
_MOST_COMES = Text(
    en="The largest share ({share}) comes from {source}. {advice}", zh="占比最大（{share}）的是{source}。{advice}"
)
_ALIKE = Text(en="All runs came to the same.", zh="所有运行的结果都相同。")


class SpreadPanel(RepeatedPanel):
    """Which sources, how many runs for each, and a bar for each source.

    Attributes:
        count: How many runs vary each source.
        sources: Which are ticked.
    """

    TITLE: ClassVar[Text] = Text(en="Where the differences come from", zh="差异从哪里来")
    HINT: ClassVar[Text] = Text(
        en="Varies one source of chance at a time and holds the others fixed, to see which of them makes the runs "
        "differ.",
        zh="每次只让一种随机性变化，其余保持不变，看看究竟是哪一种让各次运行的结果不同。",
    )
    START: ClassVar[Text] = Text(en="Find the source ({count} runs)", zh="寻找来源（{count} 次运行）")
    NAME: ClassVar[str] = "spread"

    @property
    def newest(self) -> SpreadLike | None:
        """The newest spread."""
        spreads = self.context.session.spreads
        return spreads[-1] if spreads else None

    @property
    def runs(self) -> int:
        """How many runs there will be in all."""
        return int(self.count.value) * len(self.sources.values)

    def make_form(self) -> list[Any]:
        """Ask for the sources and the number of runs."""
        self._named = make(ipywidgets.HTML)
        self.sources = CheckedValues(self.context, TITLES, self.enable)
        self.sources.show(GOVERNED)
        self.count = make(ipywidgets.BoundedIntText, value=COUNT, min=2, max=MOST)
        self.context.on_change(self.count, lambda _: self.enable())
        return [self._named, self.sources.widget, self.count]

    def label_form(self) -> None:
        """Write what is asked for."""
        self._named.value = html.escape(self.context.say(_SOURCES))
        self.sources.translate()
        self.count.description, self.count.tooltip = self.context.say(_COUNT), self.context.say(_COUNT_HELP)

    def begin(self) -> None:
        """Start a spread."""
        self.context.session.start_spread(int(self.count.value), list(self.sources.values))

    def enable(self) -> None:
        """Let start be pressed once a source is ticked."""
        super().enable()
        self.start.disabled = self.start.disabled or not self.sources.values

    def write_table(self, newest: SpreadLike) -> str:
        """Return a bar for each source, and advice on the longest."""
        return spread_table(newest.rows, newest.metric, self.context.language) if self.done(newest) else ""

    def draw_chart(self, newest: Any) -> None:
        """Draw nothing: the bars are in the table."""

    def done(self, newest: SpreadLike) -> int:
        """Return how many of its runs have ended."""
        return sum(len(repeat.rows) for repeat in newest.repeats)

    def planned(self, newest: SpreadLike) -> int:
        """Return how many runs it is to have."""
        return newest.count * len(newest.sources)


def spread_table(rows: Sequence[SourceRow], metric: str, language: Language) -> str:
    """Return a line with a bar for each source, then what to do about the greatest."""
    title = value_title(metric)
    words = Text(en=in_sentence(title.en), zh=title.zh)
    heads = [text.get(language, metric=words) for text in _HEADS]
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    lines = "".join(_line(row, language) for row in rows)
    name = html.escape(SpreadPanel.TITLE.get(language))
    table = f'<table class="kerastune-lab-table" aria-label="{name}"><thead><tr>{head}</tr></thead>{lines}</table>'
    known = [row for row in rows if row.share is not None]
    if len(known) < len(rows) or not known:
        return table
    greatest = max(known, key=lambda row: row.share or 0.0)
    told = _ALIKE
    if greatest.share:
        told = _MOST_COMES.filled(share=f"{greatest.share:.0%}", source=greatest.title, advice=greatest.advice)
    return f'{table}<p class="kerastune-advice">{html.escape(told.get(language))}</p>'


def _line(row: SourceRow, language: Language) -> str:
    share = "–" if row.share is None else f"{row.share:.0%}"
    bar = f'<span class="kerastune-bar" style="width: {round(100 * (row.share or 0.0))}px"></span>'
    cells = f"<td>{written(row.sd)}</td><td>{bar}{share}</td>"
    return f'<tr><th scope="row">{html.escape(row.title.get(language))}</th>{cells}</tr>'
