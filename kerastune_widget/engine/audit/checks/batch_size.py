"""Each row alone against all rows in one batch."""

from __future__ import annotations

import numpy as np

from ....core.audit import Outcome, judged
from ....core.text import Text
from ...arrays import flatten, take
from ..causes import joined, layer_list, why_unequal
from ..check import Check
from ..recording import Record, sources
from ..settling import unsettled
from ..subject import MODES, Mode, Subject

_MOST = 3
"""Rows that are called alone."""

_UNSETTLED = Text(
    en="The model gives something else at every call: see “The same input twice” first.",
    zh="模型每次调用都给出不同的结果：请先解决“同一输入预测两次”中的问题。",
)
_FIXED = Text(en="The model takes batches of {size} rows only.", zh="模型只接受每批 {size} 行的输入。")
_SINGLE = Text(en="There is one row only.", zh="只有一行数据。")
_MIXES = Text(
    en="{layers} lets the rows of a batch act on each other: a row's answer depends on what else is in the batch.",
    zh="{layers}使同一批次中的各行相互影响：一行的结果取决于批次里还有哪些行。",
)
_MIXES_FIX = Text(
    en="Look for means, sums or sorting over the first axis, or a reshape that mixes it with others, in its call().",
    zh="请检查它的 call() 中是否沿第一个轴求平均、求和、排序，或用 reshape 把该轴与其他轴混在一起。",
)


def run(subject: Subject) -> Outcome:
    """Compare rows called alone with the same rows of a batch, in both ways to predict."""
    rows = len(flatten(subject.x)[0])
    if subject.fixed_batch_size not in (None, 1):
        return Outcome("skipped", _FIXED.filled(size=subject.fixed_batch_size))
    if rows == 1:
        return Outcome("skipped", _SINGLE)
    settled = [mode for mode in MODES if not unsettled(subject, mode)]
    if not settled:
        return Outcome("skipped", _UNSETTLED)
    outcomes = []
    for mode in settled:
        outcomes.append(_compare(subject, mode, rows))
        if not _differs_by_mode(subject):
            break
    return max(outcomes, key=lambda one: one.size or 0.0)


def _differs_by_mode(subject: Subject) -> bool:
    """Whether ``predict`` and a plain call give something else, so that both must be looked at."""
    answers = []
    for mode in MODES:
        with subject.kept():
            answers.append(subject.answer(subject.x, mode))
    return not subject.agree(*answers).equal


def _compare(subject: Subject, mode: Mode, rows: int) -> Outcome:
    with subject.kept():
        together, batch = subject.recorded(subject.x, mode)
    worst = judged(subject.agree([], []))
    for place in range(min(rows, _MOST)):
        with subject.kept():
            alone, single = subject.recorded(take(subject.x, np.array([place])), mode)
        found = subject.agree([output[place : place + 1] for output in together], alone)
        if found.size > (worst.size or 0.0):
            worst = judged(found, *_why(subject, [record.rows(place, rows) for record in batch], single))
        if worst.verdict == "different":
            names = tuple(record.name for record in _parted(subject, batch, single, place, rows))
            return Outcome("different", worst.cause, worst.fix, names, worst.size)
    return worst


def _parted(subject: Subject, batch: list[Record], single: list[Record], place: int, rows: int) -> list[Record]:
    cut = [record.rows(place, rows) for record in batch]
    return [after for _, after in sources(cut, single, subject.dtype)] or single[:1]


def _why(subject: Subject, batch: list[Record], single: list[Record]) -> tuple[Text, Text]:
    parted = [after for _, after in sources(batch, single, subject.dtype)] or single[:1]
    if any(record.training for record in parted):
        causes = why_unequal([record for record in parted if record.training], [])
        return joined(cause.text for cause in causes), joined(dict.fromkeys(cause.fix for cause in causes))
    return _MIXES.filled(layers=layer_list(record.layer for record in parted)), _MIXES_FIX


CHECK = Check("batch_size", 30, Text(en="A batch of 1 against a batch of many", zh="单行批次与多行批次对比"), run)
