"""The same input twice: as ``predict`` calls the model, as ``model(x)`` does, and the one against the other."""

from __future__ import annotations

from dataclasses import replace

from ....core.audit import Outcome
from ....core.text import Text
from ..causes import joined
from ..check import Check
from ..settling import call_twice, compare_calls
from ..subject import Subject

_CALL_ONLY = Text(
    en="model.predict() turns this off; a plain model(x) does not.",
    zh="model.predict() 会关闭这种行为，而直接调用 model(x) 不会。",
)


def run(subject: Subject) -> Outcome:
    """Compare two calls in a row, in both ways to predict; then both ways with each other."""
    predicted, prediction = call_twice(subject, "predict")
    called, call = call_twice(subject, "call")
    if predicted.verdict == "different":
        return predicted
    against, _ = compare_calls(subject, prediction, call)
    found = next((one for one in (called, against) if one.verdict == "different"), None)
    if found is None:
        return max((predicted, called, against), key=lambda one: one.size or 0.0)
    return found if found.expected else replace(found, cause=joined([found.cause, _CALL_ONLY]))


CHECK = Check("predict_twice", 10, Text(en="The same input twice", zh="同一输入预测两次"), run)
