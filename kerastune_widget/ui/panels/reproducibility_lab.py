"""The reproducibility lab: why do results differ, and by how much; each part is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.text import Text
from ._base import Context
from ._lab import LabPanel
from .audit import AuditPanel
from .cross_validation import CrossValidationPanel
from .repeat import RepeatPanel
from .same_again import SameAgainPanel
from .spread import SpreadPanel

_TITLE = Text(en="Reproducibility lab", zh="可复现性实验室")

SECTIONS: tuple[Any, ...] = (RepeatPanel, SpreadPanel, CrossValidationPanel, AuditPanel, SameAgainPanel)
"""The parts, top to bottom."""


class ReproducibilityLabPanel(LabPanel):
    """The audit of the model, and whatever else tells how far a result can be trusted."""

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        super().__init__(context, _TITLE, SECTIONS, announce)
        self.translate()
