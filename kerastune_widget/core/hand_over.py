"""Hand-over: a run begins with one optimizer and goes on with another (Keskar & Socher, 2017, arXiv:1712.07628)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .improvement import monitored, stalled_after
from .spelling import unspell

EPOCH, STALL = "epoch", "stall"
"""When it happens: at an epoch, or when the watched metric stalls."""

USUAL_EPOCH, USUAL_PATIENCE = 5, 3


@dataclass(frozen=True)
class HandOver:
    """When a run goes on with another optimizer, and at which rate.

    Attributes:
        optimizer: As the control of that name calls it.
        when: "epoch" or "stall".
        epoch: For "epoch", how many epochs the first optimizer trains.
        patience: For "stall", epochs without improvement of the watched metric to wait for.
        monitor: The metric watched; None for the validation loss, or the training loss where there is none.
        min_delta: Least change of it that counts as an improvement.
        learning_rate: The rate from then on; None leaves it.
    """

    optimizer: str
    when: str = EPOCH
    epoch: int = USUAL_EPOCH
    patience: int = USUAL_PATIENCE
    monitor: str | None = None
    min_delta: float = 0.0
    learning_rate: float | None = None

    def is_due(self, epochs: int, logs: Mapping[str, Sequence[float]], since: int = 0) -> bool:
        """Return whether it happens now, between two epochs: once in a run, however often that is continued.

        Args:
            epochs: How many have ended.
            logs: One value for each of them, by name.
            since: How many had ended when this was set.
        """
        if self.when == EPOCH:
            return epochs == self.epoch
        name = monitored(logs, self.monitor)
        if name is None or epochs <= since:
            return False
        stalled = stalled_after(name, logs[name][since:epochs], self.patience, self.min_delta)
        return stalled is not None and since + stalled == epochs


def read_hand_over(value: str | None) -> HandOver | None:
    """Return what a value of the control ``hand_over`` says; None for none.

    Args:
        value: In normal form, such as "sgd(epoch=10, learning_rate=0.01)".
    """
    if value is None:
        return None
    optimizer, given = unspell(value)
    arguments: dict[str, Any] = dict(given)
    return HandOver(optimizer, **arguments)
