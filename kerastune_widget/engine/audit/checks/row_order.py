"""Several batches in order against the same rows shuffled, for models of sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....core.audit import Outcome, judged
from ....core.text import Text
from ...arrays import flatten, take
from ..causes import layer_list
from ..check import Check
from ..settling import unsettled
from ..subject import Arrays, Subject

_BATCHES = 2
_NO_SEQUENCE = Text(en="The model has no recurrent layer.", zh="模型没有循环层。")
_RANDOM = Text(
    en="The model draws random numbers at every call: see “The same input twice” first.",
    zh="模型每次调用都会抽取随机数：请先解决“同一输入预测两次”中的问题。",
)
_STATEFUL = Text(
    en="{layers} carries its state from batch to batch (stateful=True): a row's answer depends on the rows before it.",
    zh="{layers}会把状态从一个批次带到下一个批次（stateful=True）：一行的结果取决于它之前的各行。",
)
_FIX = Text(
    en="Keep the rows in order, for training too (shuffle=False), and reset the state at the start of each series "
    "(reset_state()); or build it with stateful=False.",
    zh="保持行的顺序，训练时也不例外（shuffle=False），并在每个序列开始时重置状态（reset_state()）；或使用 "
    "stateful=False 构建。",
)
_OTHER = Text(
    en="A row's answer depends on the rows beside or before it, though no layer is stateful: see the other checks.",
    zh="虽然没有有状态的层，一行的结果仍取决于同批或之前的行：请查看其他检查。",
)


def run(subject: Subject) -> Outcome:
    """Compare the answers by row."""
    if not subject.recurrent:
        return Outcome("skipped", _NO_SEQUENCE)
    if unsettled(subject, "predict") - {"state"}:
        return Outcome("skipped", _RANDOM)
    x = _several(subject)
    rows = len(flatten(x)[0])
    order = np.random.default_rng(subject.seed).permutation(rows)
    straight, shuffled = _answers(subject, x), _answers(subject, take(x, order))
    found = subject.agree([output[order] for output in straight], shuffled)
    stateful = [layer for layer in subject.recurrent if layer.stateful]
    cause = _STATEFUL.filled(layers=layer_list(stateful)) if stateful else _OTHER
    return judged(found, cause, _FIX, layers=tuple(layer.name for layer in stateful))


def _several(subject: Subject) -> Any:
    size = subject.fixed_batch_size
    return subject.batch(_BATCHES * size if size else subject.rows)[0]


def _answers(subject: Subject, x: Any) -> Arrays:
    rows = len(flatten(x)[0])
    size = subject.fixed_batch_size or max(1, rows // _BATCHES)
    with subject.kept():
        parts = [subject.answer(take(x, np.arange(at, min(at + size, rows)))) for at in range(0, rows, size)]
    return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


CHECK = Check("row_order", 60, Text(en="Rows in order against rows shuffled", zh="按顺序的行与打乱的行对比"), run)
