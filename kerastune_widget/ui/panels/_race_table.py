"""The table of a race as HTML, best first."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from ...core.control import readable
from ...core.metric_direction import direction
from ...core.noise import below, is_noise
from ...core.plots._words import in_sentence, value_title
from ...core.race import RaceRow
from ...core.text import Language, Text
from ...core.value_text import Controls, setting_value

_OPTIMIZER, _RATE = Text(en="Optimizer", zh="优化器"), Text(en="Learning rate", zh="学习率")
_RUN = Text(en="Run", zh="运行")
_BEST = Text(en="Best {metric}", zh="最佳{metric}")
_EPOCH = Text(en="epoch {epoch}", zh="第 {epoch} 轮")
_LEVEL = Text(en="Epochs to {level}", zh="达到 {level} 的轮数")
_NO_LEVEL = Text(en="Epochs to level", zh="达到水平的轮数")
_CAPTION = Text(
    en="The level is what the slowest of the better half reached at its best.", zh="该水平为较好一半中最慢者的最佳值。"
)
_NAME = Text(en="Optimizer race", zh="优化器比较")
_FIRST = Text(en="best", zh="最佳")


def ranked(rows: Sequence[RaceRow]) -> list[RaceRow]:
    """Return the rows, best first; those without a value last, and all in their order where no way is better."""

    def standing(row: RaceRow) -> tuple[bool, float]:
        if row.best is None or not math.isfinite(row.best):
            return True, 0.0
        return False, {"up": -row.best, "down": row.best, None: 0.0}[direction(row.metric)]

    return sorted(rows, key=standing)


def race_table(rows: Sequence[RaceRow], controls: Controls, language: Language, floor: float | None = None) -> str:
    """Return the table, at least one row.

    Args:
        rows: One for each optimizer.
        controls: What can be set, by name.
        language: Of the words.
        floor: Noise floor of the metric; those that differ from the best by less are greyed. None while not known.
    """
    shown = ranked(rows)
    metric, level = value_title(shown[0].metric), shown[0].level
    words = Text(en=in_sentence(metric.en), zh=metric.zh)
    heads = [
        _OPTIMIZER,
        _RATE,
        _BEST.filled(metric=words),
        _LEVEL.filled(level=_number(level)) if level is not None else _NO_LEVEL,
        _RUN,
    ]
    head = "".join(f'<th scope="col">{_said(text, language)}</th>' for text in heads)
    ranks = direction(shown[0].metric) is not None and len(shown) > 1
    noisy = [ranks and place > 0 and _is_noise(row, shown[0], floor) for place, row in enumerate(shown)]
    lines = "".join(
        _line(row, controls, language, first=ranks and not place, noise=noise)
        for place, (row, noise) in enumerate(zip(shown, noisy, strict=True))
    )
    note = f'<p class="kerastune-advice">{_said(_CAPTION, language)}</p>' if level is not None else ""
    if floor is not None and any(noisy):
        note += f'<p class="kerastune-noise">{_said(below(floor), language)}</p>'
    name = _said(_NAME, language)
    table = f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody>"
    return f'<table class="kerastune-lab-table" aria-label="{name}">{table}</table>{note}'


def _is_noise(row: RaceRow, first: RaceRow, floor: float | None) -> bool:
    return row.best is not None and first.best is not None and is_noise(row.best, first.best, floor)


def _line(row: RaceRow, controls: Controls, language: Language, *, first: bool, noise: bool) -> str:
    best = "–" if row.best is None else _number(row.best)
    when = "" if row.best_epoch is None else f" ({_EPOCH.get(language, epoch=row.best_epoch)})"
    star = (
        f' <span class="kerastune-race-first">★ {_FIRST.get(language)}</span>' if first and row.best is not None else ""
    )
    level = "–" if row.epochs_to_level is None else str(row.epochs_to_level)
    cells = (f"{readable(float(f'{row.rate:.3g}'))}", f"{best}{when}", level, str(row.run))
    title = _said(setting_value("optimizer", row.optimizer, controls), language)
    told = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    greyed = ' class="kerastune-noise"' if noise else ""
    return f'<tr{greyed}><th scope="row">{title}{star}</th>{told}</tr>'


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "–"


def _said(text: Text, language: Language) -> str:
    return html.escape(text.get(language))
