"""Least improvement: how much the metric that early stopping watches must change to count."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Any improvement counts until told otherwise; Keras's ``min_delta``."""
    return ControlSpec(
        name="min_delta",
        title=Text(en="Least improvement", zh="最小改进量"),
        kind="log_slider",
        default=0.0,
        minimum=0.0,
        maximum=1e6,
        slider_range=(1e-6, 1.0),
        effect="epoch",
        help=Text(
            en="A change of the watched metric by no more than this counts as none; 0: any improvement counts.",
            zh="监视的指标变化不超过此值时不算改进；0：任何改进都算。",
        ),
        advanced=True,
        shown_with="early_stopping",
    )


CONTROL = Control("min_delta", 142, specify)
