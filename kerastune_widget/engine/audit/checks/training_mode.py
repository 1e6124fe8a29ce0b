"""Predictions against the answers in training mode: which layers act in training only, and how much."""

from __future__ import annotations

from typing import Any

import keras

from ....core.agreement import agreement
from ....core.audit import Outcome, judged
from ....core.text import NO_TEXT, Text
from ..causes import layer_list
from ..check import Check
from ..kept import kept
from ..recording import Record
from ..recurrence import quick_recurrence
from ..subject import Subject

_AS_INTENDED = Text(
    en="These act in training only, as they should: {layers}. The loss of a training step is therefore not that of a "
    "prediction; predict with model.predict(x) or model(x, training=False).",
    zh="以下各层只在训练时起作用，这是正常的：{layers}。因此训练步的损失与预测时的损失不同；预测请用 model.predict(x) "
    "或 model(x, training=False)。",
)
_OWN = Text(
    en="The model's own call() does something else in training. Predict with model.predict(x) or "
    "model(x, training=False).",
    zh="模型自己的 call() 在训练时行为不同。预测请用 model.predict(x) 或 model(x, training=False)。",
)


def run(subject: Subject) -> Outcome:
    """Compare the outputs, then each layer alone on the inputs that it has in a prediction."""
    with subject.kept():
        predicted, records = subject.recorded(subject.x, "predict")
    with subject.kept():
        trained = subject.answer(subject.x, "training")
    found = subject.agree(predicted, trained)
    if found.within_rounding:
        return judged(found)
    with subject.kept(), quick_recurrence({}):
        acting = {record.layer: size for record in records if (size := _effect(record, subject.dtype))}
    cause = _AS_INTENDED.filled(layers=layer_list(acting)) if acting else _OWN
    names = tuple(str(layer.name) for layer in acting)
    evidence = {str(layer.name): size for layer, size in acting.items()}
    return judged(found, cause, NO_TEXT, layers=names, expected=True, evidence=evidence)


def _effect(record: Record, dtype: str) -> float:
    """Return how much training mode changes the outputs of a layer without layers of its own."""
    inner = record.layer._layers and not isinstance(record.layer, keras.layers.RNN)
    if inner or not record.layer._call_has_training_arg:
        return 0.0
    try:
        off, on = _alone(record, training=False), _alone(record, training=True)
    except Exception:  # a call that needs more than its inputs
        return 0.0
    known = [(a, b) for a, b in zip(off, on, strict=True) if a is not None and b is not None]
    found = agreement([a for a, _ in known], [b for _, b in known], dtype)
    return 0.0 if found.within_rounding else found.size


def _alone(record: Record, *, training: bool) -> Any:
    with kept(record.layer):
        return record.again(training)


CHECK = Check(
    "training_mode",
    20,
    Text(en="Prediction against model(x, training=True)", zh="预测与 model(x, training=True) 对比"),
    run,
)
