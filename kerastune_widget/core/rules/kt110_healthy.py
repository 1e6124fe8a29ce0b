"""KT110 healthy.

What it sees: training loss has fallen clearly, and validation loss, where there is one, followed and stands near its
    best.
Why it matters: to know that nothing needs to be done is worth as much as a warning.
When it is wrong: curves cannot show leakage between the sets, wrong labels or a metric that misses the point.
Source: the classroom table (both fall: go on). It gives way to every other finding.
"""

from __future__ import annotations

import numpy as np

from ..curves import FEWEST_EPOCHS, Curves, ending, is_tiny, noise, read_curves, size, smooth
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text

FELL = 0.1  # of the loss at the start, as much as underfitting lacks
NEAR_BEST = 0.15  # of the best, a little beyond the 10% from which overfitting looks closer


def check(history: History) -> Evidence | None:
    """Return evidence of a run that learnt and holds up."""
    curves = read_curves(history)
    if curves.count < FEWEST_EPOCHS or not np.isfinite(history.series("loss")[-1:]).all():
        return None
    if not (_learnt(history, curves) and _holds_up(history, curves)):
        return None
    values = {"first": curves.start, "train": ending(curves.train), "last": ending(curves.judged)}
    return Evidence(values, None, curves.names[::-1], None, 0.8)


def _learnt(history: History, curves: Curves) -> bool:
    last = ending(curves.train)
    return is_tiny(history, curves.train) or curves.start - last > FELL * size(curves.start, last)


def _holds_up(history: History, curves: Curves) -> bool:
    if not curves.validated or is_tiny(history, curves.valid):
        return True
    calm = smooth(curves.valid)
    best, last = float(calm.min()), min(float(calm[-1]), ending(curves.valid))
    return last - best <= max(NEAR_BEST * size(best), 0.02 * float(np.ptp(calm)), 3.0 * noise(curves.valid))


RULE = Rule(
    code="KT110",
    name="healthy",
    title=Text(en="Healthy", zh="状态良好"),
    severity="good",
    message=Text(
        en="Training loss fell from {first:.4g} to {train:.4g}, and the run holds up at {last:.4g}.",
        zh="训练损失从 {first:.4g} 降到 {train:.4g}，目前稳定在 {last:.4g}。",
    ),
    advice=Text(
        en="Nothing needs fixing. Keep the weights of the best epoch, or try one change and compare.",
        zh="无需修正。保留最好一轮的权重，或只改动一处再作比较。",
    ),
    check=check,
    rank=50,
    hides=("no-clear-pattern",),
)
