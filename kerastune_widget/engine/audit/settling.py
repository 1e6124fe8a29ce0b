"""Two calls in a row on the same input: what they give, and why it differs."""

from __future__ import annotations

from ...core.audit import Outcome, judged
from .causes import Cause, joined, why_unequal
from .recording import Record, sources
from .subject import Arrays, Mode, Subject

Call = tuple[Arrays, list[Record]]


def call_twice(subject: Subject, mode: Mode) -> tuple[Outcome, Call]:
    """Compare two calls in a row; note in ``subject.unsettled`` why they differ. Return the first call too."""
    with subject.kept():
        first, second = subject.recorded(subject.x, mode), subject.recorded(subject.x, mode)
    outcome, causes = compare_calls(subject, first, second)
    subject.unsettled[mode] = {cause.kind for cause in causes}
    return outcome, first


def compare_calls(subject: Subject, first: Call, second: Call) -> tuple[Outcome, list[Cause]]:
    """Compare two recorded calls on the same input; name what made them differ."""
    found = subject.agree(first[0], second[0])
    if found.within_rounding:
        return judged(found), []
    parted = [after for _, after in sources(first[1], second[1], subject.dtype)] or second[1][:1]
    causes = why_unequal(parted, second[1])
    text = joined(cause.text for cause in causes)
    fix = joined(dict.fromkeys(cause.fix for cause in causes))
    layers = tuple(dict.fromkeys(name for cause in causes for name in cause.layers))
    expected = {cause.kind for cause in causes} == {"default"}
    return judged(found, text, fix, layers=layers, expected=expected), causes


def unsettled(subject: Subject, mode: Mode) -> set[str]:
    """Return why answers differ from call to call; empty when they do not.

    Args:
        subject: What is looked at.
        mode: How it is called.

    Returns:
        Kinds of causes: "state", "random", "default"; "unrepeatable" where even the same state gives something else.
    """
    if mode not in subject.unsettled:
        call_twice(subject, mode)
    return {*subject.unsettled[mode], *(() if subject.repeats_itself(mode) else ("unrepeatable",))}
