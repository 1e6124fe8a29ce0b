"""One training run: its numbers, its diagnosis and the model that it trained."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from ..core.data_profile import DataProfile
from ..core.diagnosis import Finding, diagnose_history
from ..core.environment import Environment
from ..core.events import Event, RunEnded, RunStatus
from ..core.history import Change, History
from ..core.hyperparameters import Hyperparameters
from ..core.model_profile import ModelProfile
from ..core.seeds import SEEDS
from ..core.text import Language
from ..core.training import Parent, ProofPart
from ..errors import RunError
from .checkpoints import Checkpoint
from .export.exports import RunExports
from .fingerprint import weights_fingerprint
from .loop import Numbers
from .recorder import Recorder
from .template import Weights

if TYPE_CHECKING:
    from .export.code import Script


_GOING_ON = ("waiting", "running", "paused")


class RunSource(Protocol):
    """What a run asks of the session that made it."""

    def kept_epochs(self, run: Run) -> tuple[int, ...]:
        """Return after how many epochs a checkpoint is kept, ascending."""

    def rebuild(self, run: Run) -> Any:
        """Return the model that the run trained, as an ordinary Keras model."""

    def data_profile(self, *, wait: bool) -> DataProfile | None:
        """Return what the data look like; without ``wait`` only if that is known already."""

    def repeats(self, run: Run) -> list[float]:
        """Return the losses that finished runs which differ in their seed only ended with, that of ``run`` first."""

    def script(self, run: Run, language: Language) -> Script:
        """Return the run as a plain Keras script, with the arrays that it reads."""


class Run(RunExports):
    """One training run, going on or ended. Made by a ``Session``; safe to read from any thread.

    Attributes:
        number: 1 for the session's first run; never given to another one.
        name: What a person called it (``session.label``); empty until then.
        note: What a person wrote about it.
        pinned: Whether a person wants it to stay in sight.
        parent: For a branch, the run that it was branched from, and after how many epochs; else None.
        sweep: Number of the sweep that it belongs to, or None.
        proof: Which part of a proof it is; None for a run of a person's own.
        repeat: Number of the repeat that it belongs to, or None.
        scores: For a run of a proof, what its final weights get on the rows that judge, by metric.
        hyperparameters: What it was started with; for a branch, what was in force at the branching.
        facts: What is known of model and data.
        start_settings: The hyperparameters of the first step of its history; other than those for a branch.
        start_id: Fingerprint of ``start_weights``; empty until it began.
        data_id: Fingerprint of training and validation data; empty until it began, and for a stream.
        environment: Where it was trained, by its last training; None until it began, and in an older log.
        started_at: When it was started, in seconds since 1970 (UTC).
        model_profile: How the model that it trains was built and compiled; None until it began.
        branch_of: For a branch, the checkpoint that it goes on from; let go once it began.
        end: How it stood when its training ended last; None until then, or when memory was short.
        error: For a failed run, one line that says what went wrong; else empty.
        traceback: For a failed run, Python's full report; else empty.
        seconds: Time spent training, pauses left out.
        exception: For a failed run, what was raised; else None.

    Args:
        number: Its number.
        hyperparameters: What it is started with.
        facts: What is known of model and data.
        source: Makes things of it that need the session: its model, its code.
        prefix: For a branch, the history up to where it begins; None for a run of its own.
        parent: For a branch, where it was branched from.
    """

    def __init__(
        self,
        number: int,
        hyperparameters: Hyperparameters,
        facts: Mapping[str, Any],
        source: RunSource,
        *,
        prefix: History | None = None,
        parent: Parent | None = None,
    ) -> None:
        self.number, self.hyperparameters, self.parent = number, hyperparameters, parent
        self.facts = facts
        self.name = self.note = ""
        self.pinned = False
        self.sweep: int | None = None
        self.proof: ProofPart | None = None
        self.repeat: int | None = None
        self.scores: Mapping[str, float] = {}
        self.start_settings = hyperparameters if prefix is None else Hyperparameters(prefix.hyperparameters)
        self.start_id = self.data_id = ""
        self.environment: Environment | None = None
        self.started_at = time.time()
        self.model_profile: ModelProfile | None = None
        self.branch_of: Checkpoint | None = None
        self.end: Checkpoint | None = None
        self.error = self.traceback = ""
        self.exception: BaseException | None = None
        self.seconds = 0.0
        self.ended = Flag()
        self._start_weights: Weights | None = None
        self._source = source
        self._recorder = Recorder(self.start_settings, facts, prefix)
        self._model: Any = None
        self._making = Lock()
        self._diagnosed: tuple[object, list[Finding]] | None = None

    @property
    def start_weights(self) -> Weights | None:
        """The weights that its history begins with, as ``model.get_weights()`` gives them; None until it began."""
        return self._start_weights

    def begin_with(self, weights: Weights, start_id: str = "") -> None:
        """Remember the weights that its history begins with.

        Args:
            weights: As ``model.get_weights()`` gives them.
            start_id: Their fingerprint, where it is known.
        """
        self._start_weights, self.start_id = weights, start_id or weights_fingerprint(weights)

    def let_go(self) -> None:
        """Forget the weights, for memory's sake; the numbers stay."""
        self.end = self._start_weights = self._model = None

    @property
    def is_own(self) -> bool:
        """Whether it is one of a person's own, to go on with: no evidence of a proof, no part of a repeat."""
        return self.proof is None and self.repeat is None

    @property
    def has_weights(self) -> bool:
        """Whether its trained weights are there, so that it can be continued or adopted."""
        return self.end is not None

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that its trained weights take."""
        return 0 if self.end is None else self.end.state.nbytes

    @property
    def kept_epochs(self) -> tuple[int, ...]:
        """After how many epochs a checkpoint is kept, ascending; a branch can begin at each of them."""
        return self._source.kept_epochs(self)

    @property
    def final_settings(self) -> dict[str, Any]:
        """The hyperparameters in force at its end, mid-run changes included; empty until then."""
        return dict(self.end.values) if self.end is not None else {}

    @property
    def status(self) -> RunStatus:
        """How it stands: "waiting", "running", "paused", "finished", "stopped", "diverged" or "failed"."""
        return self._recorder.status

    @property
    def history(self) -> dict[str, list[float]]:
        """Per-epoch values by Keras's names, as ``fit`` gives them in ``History.history``."""
        return {name: list(values) for name, values in self.record().epochs.items()}

    @property
    def steps(self) -> dict[str, Numbers]:
        """Per-step values by name, float64 of shape (steps,): the true loss of each batch, and batch metrics."""
        return dict(self.record().steps)

    @property
    def learning_rates(self) -> Numbers:
        """The learning rate that each step was taken with, float64 of shape (steps,)."""
        return self.record().learning_rates

    @property
    def changes(self) -> tuple[Change, ...]:
        """Hyperparameters that took a new value in mid-run, in order."""
        return tuple(self.record().changes)

    @property
    def epochs(self) -> int:
        """Epochs that ended."""
        return self._recorder.epoch_count

    @property
    def findings(self) -> list[Finding]:
        """The diagnosis of what was recorded so far, most important first."""
        history = self._with_profiles(self._recorder.history(), wait=True)
        steps = len(history.learning_rates) if not history.epoch_count else 0
        key = (history.epoch_count, history.status, steps, len(history.signals))
        if self._diagnosed is None or self._diagnosed[0] != key:
            self._diagnosed = (key, diagnose_history(history))
        return list(self._diagnosed[1])

    @property
    def weights(self) -> Weights:
        """The weights that it ended with, as ``model.get_weights()`` gives them.

        Raises:
            RunError: If it has not ended, or failed before its first step.
        """
        if self.end is None:
            raise RunError(
                f"Run {self.number} ({self.status}) has no trained weights: they exist once it has ended "
                "(session.wait()), and those of the oldest runs are let go when memory is short."
            )
        return self.end.state.weights

    @property
    def model(self) -> Any:
        """The trained copy of the model, compiled as yours is; made on first use, then the same object.

        Raises:
            RunError: If the run has not ended, or failed before its first step.
        """
        with self._making:
            if self._model is None and self.weights:
                self._model = self._source.rebuild(self)
        return self._model

    def to_code(self, language: Language = "en") -> str:
        """Return the run as a plain Keras script that gives the same curves.

        It reads ``start.npz`` and ``data.npz``; ``save_code`` writes all three. Changes in mid-run are part of it, an
        epoch that did not end is left out. Where it cannot hold something of your own (a class or function of the
        notebook, a stream of data), it has a marked place for it.

        Args:
            language: Of its comments, "en" or "zh".

        Raises:
            RunError: If the run was only read from a log.
        """
        return self._source.script(self, language).text

    def save_code(self, folder: str | Path, language: Language = "en") -> Path:
        """Write ``to_code()`` as ``train.py`` into a folder, with the weights and data that it reads.

        Args:
            folder: Where to; made if need be.
            language: Of the comments, "en" or "zh".

        Returns:
            The script's path; ``python train.py`` runs it.

        Raises:
            RunError: If the run was only read from a log, or its start weights are no longer there.
        """
        return self._source.script(self, language).save(folder)

    def record(self) -> History:
        """Return a snapshot of all numbers so far, with what is known of model and data."""
        return self._with_profiles(self._recorder.history(), wait=self.status not in _GOING_ON)

    def _with_profiles(self, history: History, *, wait: bool) -> History:
        repeats = self._source.repeats(self)
        facts = {**history.facts, "repeats": repeats} if len(repeats) > 1 else history.facts
        return replace(history, facts=facts, model=self.model_profile, data=self.data_profile(wait=wait))

    def data_profile(self, *, wait: bool) -> DataProfile | None:
        """Return what its data look like.

        Args:
            wait: Whether to measure them if nobody has yet, which may take 0.3 s.
        """
        return self._source.data_profile(wait=wait)

    def likeness(self) -> tuple[Any, ...] | None:
        """Return what finished runs that differ in their seed only have in common; None for any other run."""
        if self.status != "finished" or self.parent is not None or self._recorder.changed:
            return None
        chance = (*SEEDS, "start")
        settings = {name: value for name, value in self.hyperparameters.items() if name not in chance}
        return (self.epochs, self.data_id, repr(sorted(settings.items())))

    @property
    def last_loss(self) -> float | None:
        """The loss that judges it, validation loss if there is one, at its last epoch; None before that."""
        return self._recorder.last("val_loss", "loss")

    def take_down(self, event: Event) -> None:
        """Record an event of this run; called by the training thread only."""
        self._recorder.add(event)
        if isinstance(event, RunEnded):
            self.error, self.traceback = event.error, event.traceback

    def __repr__(self) -> str:
        last = {name: f"{values[-1]:.4g}" for name, values in self.history.items() if values}
        numbers = ", ".join(f"{name}={value}" for name, value in last.items())
        return f"<Run {self.number}: {self.status} after {self.epochs} epochs{', ' + numbers if numbers else ''}>"
