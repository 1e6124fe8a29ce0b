"""What the top floor may ask of a session and of a run; the engine provides it, tests can fake it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .audit import AuditCheck
from .control import ControlSpec
from .diagnosis import Diagnosis, Finding, Fix
from .environment import Environment
from .events import EventBus, RunStatus
from .history import History
from .hyperparameters import Hyperparameters
from .promises import Promise
from .proof import ProofResult
from .race import RaceRow
from .range_test import RangeCurve, RangeResult
from .repeat import Band, RepeatRow, RepeatStatistics
from .schedule import PlannedRates
from .spread_by_source import SourceRow
from .strict_cost import StrictCost
from .text import Text


@dataclass(frozen=True)
class Parent:
    """Where a run was branched from.

    Attributes:
        run: Number of the other run.
        epochs: How many of its epochs were taken over, 1 or more.
    """

    run: int
    epochs: int


@dataclass(frozen=True)
class ProofPart:
    """Which part of a proof a run is.

    Attributes:
        proof: Number of the proof.
        fixed: Whether it was trained with the fix.
        seed: What its pair has in common.
    """

    proof: int
    fixed: bool
    seed: int


class RunLike(Protocol):
    """One training run, going on or ended. Safe to read from any thread."""

    @property
    def number(self) -> int:
        """1 for the session's first run; never given to another one."""

    @property
    def name(self) -> str:
        """What a person called it; empty until then."""

    @property
    def note(self) -> str:
        """What a person wrote about it; may be empty."""

    @property
    def pinned(self) -> bool:
        """Whether a person wants it to stay in sight."""

    @property
    def parent(self) -> Parent | None:
        """Where it was branched from; None for a run of its own."""

    @property
    def sweep(self) -> int | None:
        """Number of the sweep that it belongs to, or None."""

    @property
    def proof(self) -> ProofPart | None:
        """Which part of a proof it is: evidence, not one of a person's own runs; else None."""

    @property
    def repeat(self) -> int | None:
        """Number of the repeat that it belongs to, one over all seeds or one of a spread; else None."""

    @property
    def status(self) -> RunStatus:
        """How it stands."""

    @property
    def hyperparameters(self) -> Hyperparameters:
        """What it was started with; for a branch, what was in force at the branching."""

    @property
    def start_id(self) -> str:
        """Fingerprint of the weights that its history begins with; equal for equal weights, empty until it began."""

    @property
    def data_id(self) -> str:
        """Fingerprint of the training and validation data; empty when unknown (a stream)."""

    @property
    def environment(self) -> Environment | None:
        """Where it was trained; None until it began, and when that is not known."""

    @property
    def started_at(self) -> float:
        """When it was started, in seconds since 1970 (UTC)."""

    @property
    def seconds(self) -> float:
        """Time spent training, pauses left out."""

    @property
    def epochs(self) -> int:
        """Epochs that ended, those of the run it was branched from included."""

    @property
    def kept_epochs(self) -> Sequence[int]:
        """After how many epochs a checkpoint is kept, ascending; a branch can begin at each of them."""

    @property
    def has_weights(self) -> bool:
        """Whether its trained weights are still there, so that it can be continued or adopted."""

    @property
    def findings(self) -> Sequence[Finding]:
        """The diagnosis of what was recorded so far, most important first."""

    @property
    def error(self) -> str:
        """For a failed run, one line that says what went wrong; else empty."""

    @property
    def traceback(self) -> str:
        """For a failed run, Python's full report; else empty."""

    def record(self) -> History:
        """Return a snapshot of all numbers so far; a branch's begins with those of the run it was branched from."""

    def to_code(self) -> str:
        """Return the run as a plain Keras script."""


class CheckpointsLike(Protocol):
    """The checkpoints that a session keeps, one an epoch, in memory up to a budget and beyond it on disk."""

    budget: int
    """Most bytes to hold in memory; may be set at any time, 0 or more."""

    @property
    def memory_bytes(self) -> int:
        """Bytes held in memory."""

    @property
    def disk_bytes(self) -> int:
        """Bytes held on disk."""


class SweepLike(Protocol):
    """Several values of one control, run one after the other from the same start."""

    @property
    def number(self) -> int:
        """1 for the session's first sweep."""

    @property
    def name(self) -> str:
        """Which control."""

    @property
    def values(self) -> Sequence[Any]:
        """Its values, in the order they are run."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of the runs started so far, in the order of ``values``."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""


class ProofLike(Protocol):
    """Pairs of runs without and with a fix, from equal starts over equal batches."""

    @property
    def number(self) -> int:
        """1 for the session's first proof."""

    @property
    def fix(self) -> Fix:
        """What is put to the test."""

    @property
    def run(self) -> int | None:
        """Number of the run whose settings it starts from; None for the settings of the session."""

    @property
    def before(self) -> Any:
        """The value of the fix's control without it."""

    @property
    def pairs(self) -> int:
        """How many pairs there are to be."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of the runs started so far: without the fix, with it, and so on."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""

    @property
    def result(self) -> ProofResult | None:
        """What it came to; None while it goes on."""


class RangeTestLike(Protocol):
    """Range tests of the learning rate, one after the other; going on or ended."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def planned(self) -> int:
        """How many curves there are to be: repeats for each optimizer and batch size."""

    @property
    def range(self) -> tuple[float, float]:
        """The rate that each curve begins with, and the one it rises to unless it diverges before."""

    @property
    def curves(self) -> Sequence[RangeCurve]:
        """The curves so far; the last one may still grow."""

    @property
    def results(self) -> Sequence[RangeResult]:
        """What came of it, for each optimizer and batch size whose repeats have ended."""

    @property
    def ended(self) -> bool:
        """Whether no further point will come."""

    @property
    def error(self) -> Text | None:
        """What went wrong; None when nothing did."""


class RaceLike(Protocol):
    """Runs of several optimizers from the same start over the same batches."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def optimizers(self) -> Sequence[str]:
        """Those that take part, as the control calls them, in the order they are run."""

    @property
    def tuned(self) -> bool:
        """Whether each runs at a rate of its own, from its range test; else all at a common one."""

    @property
    def rates(self) -> Mapping[str, float]:
        """The rate of each optimizer, as far as known yet."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of the runs started so far: those of ``optimizers`` in their order, then those at other rates."""

    @property
    def planned(self) -> int:
        """How many runs there are to be."""

    @property
    def rows(self) -> Sequence[RaceRow]:
        """The table, in the order of ``optimizers``; of those whose run has ended."""

    @property
    def testing(self) -> bool:
        """Whether its range tests are still going on."""

    @property
    def notices(self) -> Sequence[Text]:
        """What is worth knowing, such as an optimizer whose range test has no clear valley."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""


class RepeatedLike(Protocol):
    """Runs with the same settings that differ by chance, or by their fold, only."""

    @property
    def number(self) -> int:
        """1 for the session's first of its kind."""

    @property
    def planned(self) -> int:
        """How many runs there are to be."""

    @property
    def metric(self) -> str:
        """What its table shows, by Keras's name."""

    @property
    def metrics(self) -> Sequence[str]:
        """All that its runs measured, validation first; empty until one has ended."""

    @property
    def rows(self) -> Sequence[RepeatRow]:
        """One for each run that has ended, in the order of seeds or folds."""

    @property
    def runs(self) -> Sequence[int]:
        """Numbers of those started so far that are among the session's runs; empty for runs on other data."""

    @property
    def notices(self) -> Sequence[Text]:
        """What is worth knowing, such as that a worker died."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""

    @property
    def error(self) -> Text | None:
        """What went wrong with all of it; None when nothing did. What a single run came to is in its row."""

    def statistics(self, metric: str | None = None) -> RepeatStatistics:
        """Return mean, spread and interval of a metric; None for the table's."""

    def band(self, metric: str | None = None) -> Band:
        """Return a metric's mean and spread at each epoch; None for the table's."""


class RepeatLike(RepeatedLike, Protocol):
    """The same settings over several seeds."""

    @property
    def vary(self) -> Sequence[str]:
        """Which sources of chance differ: "weights", "order", "dropout", "split", "subset"."""

    @property
    def seeds(self) -> Sequence[int]:
        """The seed of each run."""


class SpreadLike(Protocol):
    """Repeats that vary one source of chance each, the others held fixed."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def sources(self) -> Sequence[str]:
        """Which, in the order they are run."""

    @property
    def count(self) -> int:
        """How many runs there are to be for each source."""

    @property
    def repeats(self) -> Sequence[RepeatLike]:
        """The runs of each source, in that order; those that have not begun are empty."""

    @property
    def metric(self) -> str:
        """What its table shows, by Keras's name."""

    @property
    def rows(self) -> Sequence[SourceRow]:
        """One for each source, in that order; shares are of the runs that have ended."""

    @property
    def notices(self) -> Sequence[Text]:
        """What is worth knowing."""

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""

    @property
    def error(self) -> Text | None:
        """What went wrong with all of it; None when nothing did."""


class CrossValidationLike(RepeatedLike, Protocol):
    """One run for each fold, judged by the rows that it was not trained on."""

    @property
    def folds(self) -> int:
        """How many."""

    @property
    def kind(self) -> str:
        """How rows were dealt out: "plain", "stratified", "grouped" or "time"."""

    @property
    def scores(self) -> Sequence[float]:
        """What each fold came to in the table's metric, in their order; NaN for one without a number."""


class StrictCostLike(Protocol):
    """A measurement of what strict mode costs, going on or ended."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def result(self) -> StrictCost | None:
        """The times; None until it ended, and when it was stopped or failed."""

    @property
    def ended(self) -> bool:
        """Whether it is over."""

    @property
    def error(self) -> Text | None:
        """What went wrong; None when nothing did."""


class AuditLike(Protocol):
    """Checks of why the model answers differently, one after the other; going on or ended."""

    @property
    def number(self) -> int:
        """1 for the session's first."""

    @property
    def planned(self) -> Sequence[Text]:
        """The titles of all checks that are to be made, in order."""

    @property
    def checks(self) -> Sequence[AuditCheck]:
        """The checks made so far, with their outcomes."""

    @property
    def ended(self) -> bool:
        """Whether no further check will be made."""

    @property
    def error(self) -> Text | None:
        """What went wrong with all of it; None when nothing did."""


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

    def noise_floor(self, metric: str) -> float | None:
        """Return the difference below which two runs differ by no more than chance; None while it is not known."""

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
