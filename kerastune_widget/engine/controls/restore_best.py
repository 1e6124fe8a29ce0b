"""Restore the best: whether a run ends with the weights of its best epoch."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """On; Keras's ``restore_best_weights``."""
    return ControlSpec(
        name="restore_best",
        title=Text(en="Keep the best weights", zh="保留最好的权重"),
        kind="toggle",
        default=True,
        effect="epoch",
        help=Text(
            en="At the end of the run, puts back the weights of the epoch in which the watched metric was best.",
            zh="运行结束时，恢复监视的指标最好的那一轮的权重。",
        ),
        advanced=True,
        shown_with="early_stopping",
    )


CONTROL = Control("restore_best", 143, specify)
