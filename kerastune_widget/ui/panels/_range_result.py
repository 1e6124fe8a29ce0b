"""What a range test suggests for one optimizer and batch size: a verdict, and a line for each method."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets

from ...core.plots.range_test import rate_text
from ...core.range_test import RangeResult, Suggestion
from ...core.text import NO_TEXT, Text
from ..making import make, show_if
from ._base import Context, box
from ._fold import Fold

_APPLY = Text(en="Apply {rate}", zh="应用 {rate}")
_APPLIED = Text(en="Applied", zh="已应用")
_APPLY_HELP = Text(en="Set the learning rate to {rate}", zh="将学习率设为 {rate}")
_BETWEEN = Text(en="{low} – {high}", zh="{low} – {high}")
_BETWEEN_HELP = Text(en="The least and the greatest of the repeats", zh="各次重复中的最小值与最大值")
_NONE = Text(en="no answer", zh="无结果")
_SCHEDULES = Text(
    en="For a schedule that moves between two rates (cyclic, one-cycle): {low} to {high}.",
    zh="若学习率计划在两个取值之间变动（循环、单周期）：建议 {low} 至 {high}。",
)
_OTHERS = Text(en="Other methods", zh="其他方法")

Apply = Callable[[dict[str, Any]], None]


class SuggestionLine:
    """One method: its rate, how sure it is, why, and a button that sets it.

    Attributes:
        apply: Sets the rate.
        widget: What is shown.
    """

    def __init__(self, context: Context, apply: Callable[[], None]) -> None:
        self._context = context
        self._words = make(ipywidgets.HTML)
        self.apply = make(ipywidgets.Button)
        context.on_click(self.apply, apply)
        self.widget = box([self._words, self.apply], "suggestion", horizontal=True)

    def show(self, found: Suggestion, *, applied: bool) -> None:
        """Show ``found``; its button is down once the rate is set."""
        say = self._context.say
        rate = say(_NONE) if found.rate is None else rate_text(found.rate)
        between = ""
        if found.low is not None and found.high is not None and rate_text(found.low) != rate_text(found.high):
            words = html.escape(say(_BETWEEN, low=rate_text(found.low), high=rate_text(found.high)))
            between = f' <span class="kerastune-between" title="{html.escape(say(_BETWEEN_HELP))}">{words}</span>'
        self._words.value = (
            f'<div><b>{html.escape(say(found.title))}</b> <span class="kerastune-rate">{html.escape(rate)}</span>'
            f'{between}</div><div class="kerastune-why">{html.escape(say(found.why))}</div>'
        )
        show_if(self.apply, found.rate is not None)
        self.apply.disabled = applied
        self.apply.description = say(_APPLIED) if applied else say(_APPLY, rate=rate)
        self.apply.tooltip = say(_APPLY_HELP, rate=rate)


class ResultView:
    """Verdict and suggestions of one optimizer and batch size.

    Of several, and where there is no rate to take, the other methods are folded away.

    Attributes:
        lines: One of each method, in order.
        widget: What is shown.
    """

    def __init__(self, context: Context, apply: Apply) -> None:
        self._context, self._apply = context, apply
        self._result: RangeResult | None = None
        self._title, self._alone = NO_TEXT, True
        self._settings: object = None  # for which it was written
        self.lines: list[SuggestionLine] = []
        self._verdict, self._schedules = make(ipywidgets.HTML), make(ipywidgets.HTML)
        self._first = box([], "suggestion-first")
        self._others = Fold(context, _OTHERS, [])
        self._others.widget.add_class("kerastune-suggestion-others")
        self.widget = box([], "range-result")

    def show(self, result: RangeResult, title: Text, *, alone: bool) -> None:
        """Show what came of a range test.

        Args:
            result: What came of it.
            title: What tells it from the others.
            alone: Whether there are no others.
        """
        self._result, self._title, self._alone = result, title, alone
        while len(self.lines) < len(result.suggestions):
            self.lines.append(SuggestionLine(self._context, partial(self._take, len(self.lines))))
        self._arrange()
        show_if(self.widget, True)
        self._write()

    def hide(self) -> None:
        """Take it away; another test has begun."""
        self._result = None
        show_if(self.widget, False)

    def follow(self) -> None:
        """Follow the settings: what is set already can't be applied."""
        if self._settings is not self._context.session.settings:
            self._write()

    def translate(self) -> None:
        """Write every text anew."""
        self._others.translate()
        self._write()

    def _arrange(self) -> None:
        """Show all methods below one another, or the first one and a fold with the rest."""
        widgets: list[Any] = [line.widget for line in self.lines]
        arranged: tuple[list[Any], list[Any], list[Any]]
        if self._alone and self._clear:
            arranged = widgets, [], [self._verdict, self._first, self._schedules]
        else:
            rest = [*widgets[1:], self._schedules]
            arranged = widgets[:1], rest, [self._verdict, self._first, self._others.widget]
        for parent, children in zip((self._first, self._others.body, self.widget), arranged, strict=True):
            if list(parent.children) != children:
                parent.children = children

    @property
    def _clear(self) -> bool:
        return self._result is not None and self._result.rate is not None

    def _write(self) -> None:
        result, say = self._result, self._context.say
        self._settings = self._context.session.settings
        if result is None:
            return
        kind = "clear" if self._clear else "unclear"
        head = "" if self._alone else f"<b>{html.escape(say(self._title))}</b> "
        self._verdict.value = f'<p class="kerastune-{kind}">{head}{html.escape(say(result.verdict))}</p>'
        for line, found in zip(self.lines, result.suggestions, strict=False):
            show_if(line.widget, self._clear or found.rate is not None)
            line.show(found, applied=self._is_set(found.rate))
        for line in self.lines[len(result.suggestions) :]:
            show_if(line.widget, False)
        low, high = result.schedule_range or (0.0, 0.0)
        self._schedules.value = f"<p>{html.escape(say(_SCHEDULES, low=rate_text(low), high=rate_text(high)))}</p>"
        show_if(self._schedules, result.schedule_range is not None)
        show_if(self._others.widget, self._clear or any(found.rate is not None for found in result.suggestions))

    def _take(self, place: int) -> None:
        rate = self._result.suggestions[place].rate if self._result is not None else None
        if self._result is not None and rate is not None:
            tested = {"optimizer": self._result.optimizer, "batch_size": self._result.batch_size}
            self._apply({**tested, "learning_rate": rate})

    def _is_set(self, rate: float | None) -> bool:
        if rate is None or self._result is None:
            return False
        wanted = {
            "optimizer": self._result.optimizer,
            "batch_size": self._result.batch_size,
            "learning_rate": float(f"{rate:.2g}"),
        }
        settings = self._context.session.settings
        return all(settings.get(name, value) == value for name, value in wanted.items())
