"""A comparison of two runs as HTML: fair or not, why, what differed, what came of it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from ...core.comparison import Comparison
from ...core.metric_comparison import MetricComparison
from ...core.noise import below, is_noise
from ...core.text import Language, Text

_ICONS = {"fair": "✔", "unfair": "▲", "repeat": "●", "same": "●"}
_SEVERITIES = {"fair": "good", "unfair": "warning", "repeat": "info", "same": "info"}
_SETTING = Text(en="Setting", zh="设置")
_NO_SETTING = Text(en="No setting differs.", zh="没有任何设置不同。")
_OTHERS = Text(en="Other metrics", zh="其他指标")


Floors = Callable[[str], float | None]
"""Gives the noise floor of a metric; None while it is not known."""


def comparison_page(comparison: Comparison, metric: str | None, language: Language, floors: Floors) -> str:
    """Return everything there is to say, the chosen metric before the others; what is noise is greyed."""
    shown = sorted(comparison.metrics, key=lambda one: one.name != metric)
    kind = _SEVERITIES[comparison.verdict]
    return (
        f'<div class="kerastune-comparison kerastune-card kerastune-card-{kind}">'
        f'<div><span class="kerastune-icon" aria-hidden="true">{_ICONS[comparison.verdict]}</span> '
        f"<b>{_said(comparison.headline, language)}</b></div>"
        f"{_list(comparison.reasons, language)}{_list(comparison.notes, language, 'kerastune-advice')}</div>"
        f"{_settings(comparison, language)}{_metrics(comparison, shown, language, floors)}"
    )


def _metrics(comparison: Comparison, shown: Sequence[MetricComparison], language: Language, floors: Floors) -> str:
    if not shown:
        return ""
    first, *rest = shown
    others = "".join(_metric(comparison, one, language, floors) for one in rest)
    fold = f"<details><summary>{_OTHERS.get(language)}</summary>{others}</details>" if others else ""
    return _metric(comparison, first, language, floors) + fold


def _metric(comparison: Comparison, one: MetricComparison, language: Language, floors: Floors) -> str:
    lines, floor = _list(comparison.describe(one), language), floors(one.name)
    if floor is None or not is_noise(one.last.first, one.last.second, floor):
        return lines
    return f'<div class="kerastune-noise">{lines}<p>{_said(below(floor), language)}</p></div>'


def _settings(comparison: Comparison, language: Language) -> str:
    if not comparison.settings:
        return f"<p>{_NO_SETTING.get(language)}</p>"
    heads = (_SETTING, comparison.first_title, comparison.second_title)
    head = "".join(f'<th scope="col">{_said(title, language)}</th>' for title in heads)
    lines = "".join(
        f'<tr><th scope="row">{_said(one.title, language)}</th>'
        f"<td>{_said(one.side(0), language)}</td><td>{_said(one.side(1), language)}</td></tr>"
        for one in comparison.settings
    )
    return f'<table class="kerastune-differences"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _list(lines: Sequence[Text], language: Language, name: str = "") -> str:
    return "".join(f'<p class="{name}">{_said(line, language)}</p>' for line in lines)


def _said(text: Text, language: Language) -> str:
    return html.escape(text.get(language))
