"""What repeated runs came to, as HTML: a line for each metric."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from ...core.plots._words import value_title
from ...core.repeat import RepeatStatistics
from ...core.text import Language, Text
from ...core.training import RepeatedLike

_NAME = Text(en="Repeated runs", zh="重复运行")
_HEADS = (
    Text(en="Metric, last epoch", zh="指标（最后一轮）"),
    Text(en="Mean", zh="平均值"),
    Text(en="Standard deviation", zh="标准差"),
    Text(en="95% interval of the mean", zh="平均值的 95% 区间"),
    Text(en="Worst", zh="最差"),
    Text(en="Best", zh="最佳"),
    Text(en="Noise floor", zh="噪声下限"),
)
_SEED = Text(en="seed {seed}", zh="种子 {seed}")
_LOST = Text(en="{count} runs without a number are left out.", zh="{count} 次没有数值的运行未计入。")
_ONE_LOST = Text(en="One run without a number is left out.", zh="有 1 次没有数值的运行未计入。")
_FLOOR = Text(
    en="Noise floor: two single runs may differ by so much by chance alone. Smaller differences are greyed in "
    "comparisons.",
    zh="噪声下限：仅因随机性，两次单独的运行就可能相差这么多。比较中更小的差异会显示为灰色。",
)


def table_of(newest: RepeatedLike, language: Language, *, folds: bool = False) -> str:
    """Return the table of a repeat or of folds, the metric that it compares first; empty while no run has ended."""
    if not newest.rows:
        return ""
    names = dict.fromkeys((newest.metric, *newest.metrics))
    return repeat_table([newest.statistics(name) for name in names], language, folds=folds)


def repeat_table(statistics: Sequence[RepeatStatistics], language: Language, *, folds: bool = False) -> str:
    """Return the table, at least one line.

    Args:
        statistics: Those of each metric.
        language: Of the words.
        folds: Whether the runs are folds: they have one seed, and what differs between them is no noise alone.
    """
    heads = _HEADS[:-1] if folds else _HEADS
    head = "".join(f'<th scope="col">{_said(text, language)}</th>' for text in heads)
    lines = "".join(_line(one, language, folds=folds) for one in statistics)
    lost = max(one.lost for one in statistics)
    notes = [_FLOOR] if not folds and any(one.noise_floor is not None for one in statistics) else []
    notes += [_ONE_LOST if lost == 1 else _LOST.filled(count=lost)] if lost else []
    told = "".join(f'<p class="kerastune-advice">{_said(note, language)}</p>' for note in notes)
    table = f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody>"
    return f'<table class="kerastune-lab-table" aria-label="{_said(_NAME, language)}">{table}</table>{told}'


def _line(one: RepeatStatistics, language: Language, *, folds: bool) -> str:
    interval = "–" if one.low is None or one.high is None else f"{written(one.low)} – {written(one.high)}"
    cells = [
        written(one.mean),
        written(one.sd),
        interval,
        _extreme(one.worst, None if folds else one.worst_seed, language),
        _extreme(one.best, None if folds else one.best_seed, language),
        *([] if folds else [written(one.noise_floor)]),
    ]
    told = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{_said(value_title(one.metric), language)}</th>{told}</tr>'


def _extreme(value: float | None, seed: int | None, language: Language) -> str:
    return written(value) if seed is None else f"{written(value)} ({_SEED.get(language, seed=seed)})"


def written(value: float | None) -> str:
    """Return a number as tables write it; a dash for none."""
    return f"{value:.4g}" if value is not None and math.isfinite(value) else "–"


def _said(text: Text, language: Language) -> str:
    return html.escape(text.get(language))
