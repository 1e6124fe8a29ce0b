"""The same series over other numbers of time steps, for recurrent models that take any number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....core.audit import Outcome, judged
from ....core.text import NO_TEXT, Text
from ...arrays import flatten
from ...dataset import ArrayData, Data
from ..causes import layer_list
from ..check import Check
from ..settling import unsettled
from ..subject import Arrays, Subject

_NO_SEQUENCE = Text(en="The model has no recurrent layer.", zh="模型没有循环层。")
_SEVERAL = Text(en="The model has several inputs.", zh="模型有多个输入。")
_FIXED = Text(en="The model takes exactly {steps} time steps.", zh="模型只接受恰好 {steps} 个时间步的输入。")
_SHORT = Text(en="The sequences have one time step only.", zh="序列只有一个时间步。")
_RANDOM = Text(
    en="The model gives something else at every call: see “The same input twice” first.",
    zh="模型每次调用都给出不同的结果：请先解决“同一输入预测两次”中的问题。",
)
_VALIDATION = Text(
    en="Training sequences have {trained} time steps, validation sequences {other}: over another stretch of the same "
    "series the recurrent layers ({layers}) answer differently.",
    zh="训练序列有 {trained} 个时间步，而验证序列有 {other} 个：同一序列的长度不同，循环层（{layers}）"
    "给出的结果就不同。",
)
_ASKED = Text(
    en="Over {other} time steps instead of the {trained} of the training data, the recurrent layers ({layers}) answer "
    "differently for the same series.",
    zh="对同一序列，若使用 {other} 个时间步而不是训练数据的 {trained} 个，循环层（{layers}）会给出不同的结果。",
)
_OPEN = Text(
    en="The model takes sequences of any length, and its recurrent layers ({layers}) answer differently over {other} "
    "time steps than over the {trained} of the training data: that is what they are for. Predict on the length that "
    "it was trained on.",
    zh="模型接受任意长度的序列；其循环层（{layers}）对 {other} 个时间步的结果与对训练数据的 {trained} 个时间步不同，"
    "这是正常的。请按训练时的长度进行预测。",
)
_FIX = Text(
    en="Predict and validate on sequences as long as those it was trained on, fix the length with "
    "keras.Input(({trained}, features)), or pad and mask (keras.layers.Masking).",
    zh="预测和验证时使用与训练时等长的序列；用 keras.Input(({trained}, features)) 固定长度；或填充后加掩码"
    "（keras.layers.Masking）。",
)


def run(subject: Subject) -> Outcome:
    """Compare the answers over all time steps with those over the last ones only."""
    reason = _why_not(subject)
    if reason is not None:
        return Outcome("skipped", reason)
    x = flatten(subject.x)[0]
    trained, layers = int(x.shape[1]), layer_list(subject.recurrent)
    names = tuple(layer.name for layer in subject.recurrent)
    validated = _validation_steps(subject) if _fixed_length(subject.training) else None
    others = [(steps, _ASKED) for steps in subject.time_steps if steps != trained]
    if validated not in (None, trained):
        others.insert(0, (int(validated or 0), _VALIDATION))
    asked = bool(others)
    for other, words in others or [(trained // 2, _OPEN)]:
        found = subject.agree(*_answers(subject, trained, other))
        if not found.within_rounding:
            cause = words.filled(trained=trained, other=other, layers=layers)
            fix = _FIX.filled(trained=trained) if asked else NO_TEXT
            evidence = {"trained": float(trained), "other": float(other)}
            return judged(found, cause, fix, layers=names, expected=not asked, evidence=evidence)
    return judged(found)


def _why_not(subject: Subject) -> Text | None:
    if not subject.recurrent:
        return _NO_SEQUENCE
    inputs = flatten(subject.x)
    if len(inputs) != 1:
        return _SEVERAL
    symbolic = getattr(subject.model, "inputs", None)
    steps = symbolic[0].shape[1] if symbolic and len(symbolic[0].shape) > 1 else None
    if steps is not None:
        return _FIXED.filled(steps=steps)
    if inputs[0].ndim < 2 or inputs[0].shape[1] < 2:
        return _SHORT
    return _RANDOM if unsettled(subject, "predict") - {"state"} else None


def _validation_steps(subject: Subject) -> int | None:
    data = subject.validation
    if data is None or not _fixed_length(data):
        return None
    first = flatten(data.x if isinstance(data, ArrayData) else data.example[0])[0]
    return int(first.shape[1]) if first.ndim > 1 else None


def _fixed_length(data: Data) -> bool:
    """Whether all sequences are as long as those of the first batch; padded batches differ from one to the next."""
    if isinstance(data, ArrayData):
        return True
    specs = flatten(getattr(data.batches(None), "element_spec", None))
    return bool(specs) and len(specs[0].shape) > 1 and specs[0].shape[1] is not None


def _answers(subject: Subject, trained: int, other: int) -> tuple[Arrays, Arrays]:
    """Return the answers over ``trained`` and over ``other`` time steps that end alike."""
    size = subject.fixed_batch_size or subject.rows
    data = subject.validation if _validation_steps(subject) == other else None
    x = subject.batch(size, data)[0]
    long = max(trained, other)
    return _answer(subject, x, trained, long), _answer(subject, x, other, long)


def _answer(subject: Subject, x: Any, steps: int, longest: int) -> Arrays:
    """Return what is answered at the last step; a series that is too short goes on backwards with its first value."""
    series = flatten(x)[0]
    missing = max(0, longest - series.shape[1])
    padded = np.concatenate([np.repeat(series[:, :1], missing, axis=1), series], axis=1)[:, -steps:]
    with subject.kept():
        outputs = subject.answer(_like(x, padded))
    return [output[:, -1] if output.ndim > 2 and output.shape[1] == steps else output for output in outputs]


def _like(x: Any, array: Any) -> Any:
    if isinstance(x, dict):
        return dict.fromkeys(x, array)
    return type(x)([array]) if isinstance(x, list | tuple) else array


CHECK = Check("time_steps", 70, Text(en="Other numbers of time steps", zh="不同的时间步数"), run)
