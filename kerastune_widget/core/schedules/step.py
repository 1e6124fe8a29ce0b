"""Step decay: a tenth at half and again at three quarters of the run (He et al., 2016, arXiv:1512.03385, 4.2)."""

from __future__ import annotations

from ..schedule import Schedule
from ..text import Text


def factor(progress: float) -> float:
    """Fall to a tenth at half, and to a hundredth at three quarters of the run."""
    if progress < 0.5:
        return 1.0
    return 0.1 if progress < 0.75 else 0.01


SCHEDULE = Schedule(
    "step",
    Text(en="step decay", zh="阶梯衰减"),
    factor,
    Text(
        en="The rate falls to a tenth at half of the run, and to a hundredth at three quarters.",
        zh="学习率在运行过半时降为十分之一，在四分之三处降为百分之一。",
    ),
    order=40,
)
