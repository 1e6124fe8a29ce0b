"""The table of runs as plain HTML, for a saved notebook."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from ..core.plots._words import in_sentence, value_title
from ..core.run_table import Cache, RunRow, run_rows
from ..core.text import Language, Text
from ..core.training import SessionLike

_HEADS = (
    Text(en="Run", zh="运行"),
    Text(en="Changed settings", zh="改动的设置"),
    Text(en="Best {metric}", zh="最好的{metric}"),
    Text(en="Last", zh="最后"),
    Text(en="Epochs", zh="轮次"),
    Text(en="Seconds", zh="秒"),
    Text(en="Diagnosis", zh="诊断"),
)
_DEFAULTS = Text(en="none", zh="无")
_BEST = Text(en="{run} (best)", zh="{run}（最佳）")


def table(session: SessionLike, language: Language, cache: Cache | None = None) -> str:
    """Return one row for each run that is a person's own, newest first.

    Args:
        session: Whose runs.
        language: "en" or "zh".
        cache: A dict that the caller keeps for the session, so that runs that have ended are read once.
    """
    runs = [run for run in session.runs if run.proof is None]
    rows = run_rows(runs, session.defaults, controls=session.controls, cache=cache)
    metric = value_title(rows[0].metric if rows else "loss").get(language)
    heads = _cells("th", (head.get(language, metric=in_sentence(metric)) for head in _HEADS))
    lines = "".join(_cells("td", _words(row, language)) for row in rows)
    return f"<table><thead>{heads}</thead><tbody>{lines}</tbody></table>"


def _words(row: RunRow, language: Language) -> Iterable[str]:
    title = row.title.get(language)
    yield _BEST.get(language, run=title) if row.best else title
    yield row.settings_text.get(language) or _DEFAULTS.get(language)
    yield _number(row.score.best)
    yield _number(row.score.last)
    yield str(row.epochs)
    yield f"{row.seconds:.1f}"
    yield row.verdict.get(language)


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"


def _cells(kind: str, words: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{escape(word)}</{kind}>" for word in words) + "</tr>"
