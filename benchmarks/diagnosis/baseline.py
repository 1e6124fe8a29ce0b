"""A published detector, written from its definition, and how its messages translate into our pathologies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from kerastune_widget.core.discover import discover
from kerastune_widget.core.history import History

from .fault import Names


@dataclass(frozen=True)
class Baseline:
    """One published detector.

    Attributes:
        name: What it is called.
        source: Where it was published, and what of it is here.
        means: By message, the findings that it counts as; generously, several where the message could mean them.
        check: Returns the messages that it gives on a run.
    """

    name: str
    source: str
    means: Mapping[str, Names]
    check: Callable[[History], set[str]]

    def names(self, history: History) -> Names:
        """Return the findings that its messages on a run count as."""
        return frozenset().union(*(self.means[message] for message in self.check(history)))


def loss_broke(history: History) -> bool:
    """Return whether the loss became NaN or infinite; our loop ends such a run at once, where ``fit`` would go on."""
    curves = (history.steps.get("loss", ()), history.series("loss"), history.series("val_loss"))
    return any(not np.isfinite(one).all() for one in curves)


@cache
def all_baselines() -> dict[str, Baseline]:
    """Return every baseline in ``baselines``, by name."""
    from . import baselines

    return discover(baselines, "BASELINE", Baseline)
