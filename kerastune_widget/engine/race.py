"""Race: several optimizers, run one after the other from the same start over the same batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event as Flag
from typing import Any

from ..core.race import Raced, RaceRow, race_metric, race_rows
from ..core.text import Text
from .range_test import RangeTest
from .run import Run

_ENDED = ("finished", "stopped", "diverged", "failed", "interrupted")


@dataclass
class Race:
    """One race, going on or ended. Made by a ``Session``; safe to read from any thread.

    Attributes:
        number: 1 for the session's first race.
        optimizers: Those that take part, as the control calls them, in the order they are run.
        metric: What its table compares, by Keras's name; the loss where no run has it.
        factors: What each optimizer's rate is multiplied by for further runs; empty for none.
        rates: The rate of each optimizer, as far as it is known yet.
        test: The range tests that give the rates; None when those were given.
        started: The runs started so far: those at the optimizers' rates first, then those at other rates.
        notices: What is worth knowing, such as an optimizer without a clear valley.
    """

    number: int
    optimizers: Sequence[str]
    metric: str
    factors: Sequence[float] = ()
    rates: dict[str, float] = field(default_factory=dict)
    test: RangeTest | None = None
    started: list[Run] = field(default_factory=list, repr=False)
    notices: list[Text] = field(default_factory=list)
    _known: dict[int, Raced] = field(default_factory=dict, repr=False)
    _ended: Flag = field(default_factory=Flag, repr=False)

    @property
    def tuned(self) -> bool:
        """Whether each optimizer runs at a rate of its own from its range test."""
        return self.test is not None

    @property
    def testing(self) -> bool:
        """Whether its range tests are still going on."""
        return self.test is not None and not self.test.ended and not self.ended

    @property
    def planned(self) -> int:
        """How many runs there are to be."""
        return len(self.optimizers) * (1 + len(self.factors))

    @property
    def runs(self) -> tuple[int, ...]:
        """Numbers of the runs started so far."""
        return tuple(run.number for run in self.started)

    @property
    def rows(self) -> tuple[RaceRow, ...]:
        """The table, in the order of ``optimizers``; of those whose run has ended."""
        ended = [self._raced(run) for run in tuple(self.started) if run.number in self._known or run.status in _ENDED]
        main = {run.number for run in self.started[: len(self.optimizers)]}
        metric = race_metric(self.metric, [one.history for one in ended])
        first, others = ([one for one in ended if (one.run in main) == chosen] for chosen in (True, False))
        return race_rows(metric, first, others)

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""
        return self._ended.is_set()

    def end(self) -> None:
        """Say that no further run will come."""
        self._ended.set()

    def plan(self) -> Iterator[dict[str, Any]]:
        """Yield what each run has of its own, once the rates are known."""
        first = [(optimizer, 1.0) for optimizer in self.optimizers]
        others = [(optimizer, factor) for optimizer in self.optimizers for factor in self.factors]
        for optimizer, factor in (*first, *others):  # one optimizer after the other: each is traced once for all rates
            yield {"optimizer": optimizer, "learning_rate": self.rates[optimizer] * factor}

    def _raced(self, run: Run) -> Raced:
        """Return a run as it was when it ended; that it was continued since is no part of the race."""
        if run.number not in self._known:
            settings, history = run.hyperparameters, run.record()
            own = {name: values[: settings["epochs"]] for name, values in history.epochs.items()}
            known = Raced(settings["optimizer"], run.number, settings["learning_rate"], replace(history, epochs=own))
            self._known[run.number] = known
        return self._known[run.number]

    def __repr__(self) -> str:
        standing = ", ".join(f"{row.optimizer} {_shown(row.best)} at {row.rate:.3g}" for row in self.rows)
        return f"<Race {self.number}: {standing or f'{len(self.started)} of {self.planned} runs started'}>"


def _shown(best: float | None) -> str:
    return "-" if best is None else f"{best:.4g}"
