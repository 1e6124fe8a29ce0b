"""What may be asked of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ..control import ControlSpec
from ..diagnosis import Diagnosis, Fix
from ..environment import Environment
from ..events import EventBus
from ..hyperparameters import Hyperparameters
from ..promises import Promise
from ..schedule import PlannedRates
from ..text import Text
from .audit import AuditLike
from .checkpoints import CheckpointsLike
from .proof import ProofLike
from .race import RaceLike
from .range_test import RangeTestLike
from .repeat import CrossValidationLike, RepeatLike, SpreadLike
from .run import RunLike
from .strict_cost import StrictCostLike
from .sweep import SweepLike


class SessionLike(Protocol):
    """A model template, a data set and the runs made of them. Every method may be called from any thread."""

    @property
    def events(self) -> EventBus:
        """Where runs tell what happens; handlers are called on the training thread and must be quick."""

    @property
    def controls(self) -> Mapping[str, ControlSpec]:
        """What can be set, by name, in the order to show it; empty for a session that can't train."""

    @property
    def settings(self) -> Hyperparameters:
        """What the next run starts with, unless told otherwise. Follows ``set``."""

    @property
    def defaults(self) -> Hyperparameters:
        """What the settings were at first: the user's own compiled model."""

    @property
    def runs(self) -> Sequence[RunLike]:
        """All runs so far but the deleted ones, oldest first."""

    @property
    def sweeps(self) -> Sequence[SweepLike]:
        """All sweeps so far, oldest first."""

    @property
    def proofs(self) -> Sequence[ProofLike]:
        """All proofs so far, oldest first."""

    @property
    def strict(self) -> bool:
        """Whether it trains with deterministic operations only."""

    @property
    def environment(self) -> Environment | None:
        """Where it trains; None for one that only reads a log."""

    @property
    def promises(self) -> Sequence[Promise]:
        """What holds when a run is repeated, then what cannot be promised."""

    @property
    def strict_costs(self) -> Sequence[StrictCostLike]:
        """All measurements of what strict mode costs, oldest first."""

    def start_strict_cost(self, seconds: float = 2.0, **hyperparameters: Any) -> StrictCostLike:
        """Measure in the background what strict mode costs; ``StrictCostMeasured`` tells that it is over."""

    def requirements(self) -> str:
        """Return what to install to reproduce the runs elsewhere, lines for pip."""

    @property
    def range_tests(self) -> Sequence[RangeTestLike]:
        """All range tests of the learning rate so far, oldest first."""

    @property
    def races(self) -> Sequence[RaceLike]:
        """All optimizer races so far, oldest first."""

    @property
    def audits(self) -> Sequence[AuditLike]:
        """All audits of the model so far, oldest first."""

    def start_audit(self) -> AuditLike:
        """Measure why the model answers differently from one time to the next, in the background."""

    @property
    def repeats(self) -> Sequence[RepeatLike]:
        """All repeats over seeds so far, oldest first."""

    @property
    def spreads(self) -> Sequence[SpreadLike]:
        """All spreads by source so far, oldest first."""

    @property
    def cross_validations(self) -> Sequence[CrossValidationLike]:
        """All cross-validations so far, oldest first."""

    def start_repeat(self, count: int = 5, **options: Any) -> RepeatLike:
        """Run the settings over several seeds, in the background."""

    def start_spread(self, count: int = 5, sources: Sequence[str] | None = None, **options: Any) -> SpreadLike:
        """Vary one source of chance at a time, in the background."""

    def start_cross_validation(self, folds: int = 5, **options: Any) -> CrossValidationLike:
        """Train one run for each fold, in the background."""

    def noise_floor(self, metric: str, *, best: bool = False) -> float | None:
        """Return the difference below which last (or best) values differ by chance alone; None while not known."""

    def start_range_test(self, **options: Any) -> RangeTestLike:
        """Raise the learning rate step by step, in the background, to see which rates train; nothing is changed."""

    def start_race(self, optimizers: Sequence[str] | None = None, **options: Any) -> RaceLike:
        """Run several optimizers, one after the other from the same start, in the background."""

    def planned_rates(self, **hyperparameters: Any) -> PlannedRates | None:
        """Return the learning rate at each step of a run with these settings; None when its length is not known."""

    @property
    def findings(self) -> Diagnosis:
        """What settings, model and data tell before any training; takes a moment at first and after ``set``."""

    @property
    def active(self) -> RunLike | None:
        """The run that is waiting, running or paused."""

    @property
    def training(self) -> bool:
        """Whether a run is waiting, running or paused, or a range test goes on."""

    @property
    def can_train(self) -> bool:
        """Whether there is a model and data; not so for runs that were only read from a log."""

    @property
    def checkpoints(self) -> CheckpointsLike:
        """The checkpoints kept, and their budget."""

    @property
    def log_dir(self) -> Path | None:
        """Where runs are written as they go; None when they are not."""

    @property
    def notices(self) -> Sequence[Text]:
        """Things worth knowing about model and data before the first run, such as NaN in the inputs."""

    @property
    def log_notices(self) -> Sequence[Text]:
        """What is wrong with ``log_dir``: runs of it that could not be read, runs that could not be written."""

    def find(self, number: int) -> RunLike:
        """Return the run of this number, deleted or not."""

    def set(self, name: str, value: Any) -> None:
        """Set one hyperparameter: for the next run, and, where its effect allows, for the one that is training."""

    def start(self, **hyperparameters: Any) -> RunLike:
        """Start a run in the background with ``settings``, changed by ``hyperparameters``; return at once."""

    def continue_run(self, epochs: int | None = None, run: Any = None) -> RunLike:
        """Train a run (the last one) for more epochs from where it stands, in the background; return at once."""

    def branch(self, run: Any, epoch: int, epochs: int | None = None, **hyperparameters: Any) -> RunLike:
        """Start a run that goes on from ``run`` as it stood after ``epoch`` epochs, in the background."""

    def start_sweep(self, name: str, values: Sequence[Any], **hyperparameters: Any) -> SweepLike:
        """Run several values of one control, one after the other from the same start, in the background."""

    def start_proof(self, fix: Fix, run: Any = None, *, seeds: int = 3, epochs: int | None = None) -> ProofLike:
        """Train pairs of runs without and with a fix, one after the other, in the background."""

    def label(self, run: Any, *, name: str | None = None, note: str | None = None, pinned: bool | None = None) -> None:
        """Rename a run, note something on it, pin it; None leaves as it is."""

    def delete(self, run: Any) -> None:
        """Take a run out of ``runs``; ``undo_delete`` brings it back."""

    def undo_delete(self) -> RunLike | None:
        """Bring the run deleted last back and return it; None when there is none."""

    def use_settings(self, run: Any) -> None:
        """Make the settings those of ``run``."""

    def adopt(self, run: Any) -> None:
        """Copy a run's trained weights into the user's own model."""

    def pause(self) -> None:
        """Hold training after the current chunk of steps; nothing happens when none is running."""

    def resume(self) -> None:
        """Go on after ``pause``."""

    def stop(self) -> None:
        """End the run after the current chunk of steps, keeping what it learned; returns at once."""

    def close(self) -> None:
        """Stop any training, end the thread and let go of the model's memory."""
