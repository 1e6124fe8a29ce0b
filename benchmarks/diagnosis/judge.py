"""What the diagnosis says of each recorded run, and whether that is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kerastune_widget.core.diagnosis import Diagnosis, diagnose_history
from kerastune_widget.core.history import History

from .archive import Recorded
from .fault import HEALTHY, Fault, Names, all_faults
from .harm import harmed

CUTS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150)
"""After how many epochs the delay of a finding is looked for."""


@dataclass(frozen=True)
class Judged:
    """One run with its diagnosis at the end."""

    run: Recorded

    @property
    def fault(self) -> Fault:
        """What was injected."""
        return all_faults()[self.run.fault]

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is said of it at the end."""
        return diagnose_history(self.run.history)

    @cached_property
    def names(self) -> list[str]:
        """The names of its findings, in their order."""
        return [finding.name for finding in self.diagnosis]

    @property
    def root_first(self) -> bool:
        """Whether the first finding is a right root cause; good news, which may stand before notes, does not count."""
        bad = [finding.name for finding in self.diagnosis if finding.severity != "good"]
        return bool(bad) and bad[0] in self.fault.root

    def finds(self, accepted: Names) -> bool:
        """Whether one of these names is among its findings."""
        return not accepted.isdisjoint(self.names)

    def warns(self, accepted: Names) -> bool:
        """Whether one of these names is among its findings as a warning or a problem."""
        return not accepted.isdisjoint(
            finding.name for finding in self.diagnosis if finding.severity in ("warning", "problem")
        )

    def shows(self, accepted: Names) -> bool:
        """Whether one of these names is among the findings that are shown at once."""
        return not accepted.isdisjoint(finding.name for finding in self.diagnosis.shown)

    def alarm(self, *severities: str) -> bool:
        """Whether a finding has one of these severities."""
        return any(finding.severity in severities for finding in self.diagnosis)

    @cached_property
    def problem_ever(self) -> bool:
        """Whether something was called a problem after any of ``CUTS``, or at the end."""
        return any(
            finding.severity == "problem"
            for epochs in self._cuts
            for finding in diagnose_history(cut(self.run.history, epochs))
        )

    @property
    def _cuts(self) -> list[int]:
        count = self.run.history.epoch_count
        return [*(epochs for epochs in CUTS if epochs < count), count]

    def delay(self, accepted: Names) -> int | None:
        """Return after how many epochs one of these names is first said; None when never."""
        for epochs in self._cuts:
            if not accepted.isdisjoint(finding.name for finding in diagnose_history(cut(self.run.history, epochs))):
                return epochs
        return None


def cut(history: History, epochs: int) -> History:
    """Return what was known of a run after so many epochs; 0 for before the first."""
    if epochs >= history.epoch_count:
        return history
    running = replace(history, status=None)
    if epochs:
        return running.up_to(epochs, running.hyperparameters)
    signals = {name: {layer: one[:1] for layer, one in layers.items()} for name, layers in history.signals.items()}
    return replace(running, epochs={}, steps={}, epoch_ends=(), learning_rates=np.empty(0), changes=(), signals=signals)


@dataclass(frozen=True)
class Counted:
    """The runs that count.

    Attributes:
        faulty: Runs with a fault that is a fact or did harm.
        healthy: Runs without fault.
        dropped: Faults that did no harm: fault and program.
    """

    faulty: Sequence[Judged]
    healthy: Sequence[Judged]
    dropped: Sequence[tuple[str, str]]

    def of(self, pathology: str) -> list[Judged]:
        """Return the runs in which ``pathology`` should be found."""
        return [one for one in self.faulty if pathology in one.fault.shows]

    @property
    def pathologies(self) -> list[str]:
        """All pathologies, sorted."""
        return sorted({name for fault in all_faults().values() for name in fault.shows})


def count(runs: Iterable[Recorded]) -> Counted:
    """Sort out the runs of faults that did no harm."""
    groups: dict[tuple[str, str], list[Recorded]] = defaultdict(list)
    for run in runs:
        if run.fault == HEALTHY or run.fault in all_faults():
            groups[run.program, run.fault].append(run)
    faulty, dropped = [], []
    for (program, name), group in groups.items():
        if name == HEALTHY:
            continue
        fault, twins = all_faults()[name], groups.get((program, HEALTHY), [])
        if program in fault.programs and (fault.fact or harmed(group, twins, loss_tells=fault.loss_tells)):
            faulty += group
        else:
            dropped.append((name, program))
    healthy = [run for (_, name), group in groups.items() if name == HEALTHY for run in group]
    return Counted([Judged(run) for run in faulty], [Judged(run) for run in healthy], sorted(dropped))
