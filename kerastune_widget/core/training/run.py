"""What may be asked of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..diagnosis import Finding
from ..environment import Environment
from ..events import RunStatus
from ..history import History
from ..hyperparameters import Hyperparameters


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
