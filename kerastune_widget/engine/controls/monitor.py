"""Monitor: which metric early stopping watches."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..monitored import monitor_choices, usual_monitor
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Offer the losses and the compiled metrics; Keras's ``monitor``."""
    return ControlSpec(
        name="monitor",
        title=Text(en="Watched metric", zh="监视的指标"),
        kind="choice",
        default=usual_monitor(subject.dataset),
        choices=monitor_choices(subject.template, subject.dataset),
        effect="epoch",
        help=Text(
            en="What early stopping waits for. Whether less or more of it is better follows from its name.",
            zh="早停所监视的指标。越小越好还是越大越好由其名称决定。",
        ),
        advanced=True,
        shown_with="early_stopping",
    )


CONTROL = Control("monitor", 141, specify)
