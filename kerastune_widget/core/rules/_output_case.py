"""One way in which an output layer, its loss and its targets do not fit, with what to say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..diagnosis import Severity
from ..text import Text
from ._model import Head


@dataclass(frozen=True)
class Case:
    """One way not to fit.

    Attributes:
        applies: Whether an output has it.
        severity: How bad it is.
        message: What to say, with slots for layer, units, activation, loss, classes, columns, low and high.
        advice: What to advise, with the same slots.
        certain: Whether the run is spoiled however its curves look.
        fixable: Whether another output and loss are the cure, rather than other targets.
    """

    applies: Callable[[Head], bool]
    severity: Severity
    message: Text
    advice: Text
    certain: bool = False
    fixable: bool = True
