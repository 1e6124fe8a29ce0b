"""One training run: its numbers, its diagnosis and the model that it trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event as Flag
from threading import Lock
from typing import Any

from ..core.diagnosis import Finding, diagnose_history
from ..core.events import Event, RunEnded, RunStatus
from ..core.history import Change, History
from ..core.hyperparameters import Hyperparameters
from ..errors import RunError
from .loop import Numbers
from .recorder import Recorder
from .template import Weights
from .tunable import ModelState


class Run:
    """One training run, going on or ended. Made by a ``Session``; safe to read from any thread.

    Attributes:
        number: 1 for the session's first run.
        hyperparameters: What it was started with.
        start_weights: The weights it began with, as ``model.get_weights()`` gives them; None until it began.
        error: For a failed run, one line that says what went wrong; else empty.
        traceback: For a failed run, Python's full report; else empty.
        final_settings: The hyperparameters in force at its end, mid-run changes included.
        seconds: Time spent training, pauses left out.
        exception: For a failed run, what was raised; else None.
    """

    def __init__(
        self,
        number: int,
        hyperparameters: Hyperparameters,
        facts: Mapping[str, Any],
        rebuild: Callable[[Run], Any],
    ) -> None:
        self.number = number
        self.hyperparameters = hyperparameters
        self.start_weights: Weights | None = None
        self.final_state: ModelState | None = None
        self.final_settings: dict[str, Any] = {}
        self.error = self.traceback = ""
        self.exception: BaseException | None = None
        self.seconds = 0.0
        self.ended = Flag()
        self._recorder = Recorder(hyperparameters, facts)
        self._rebuild = rebuild
        self._model: Any = None
        self._making = Lock()
        self._diagnosed: tuple[object, list[Finding]] | None = None

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
        history = self.record()
        key = (history.epoch_count, history.status, len(history.learning_rates) if not history.epoch_count else 0)
        if self._diagnosed is None or self._diagnosed[0] != key:
            self._diagnosed = (key, diagnose_history(history))
        return list(self._diagnosed[1])

    @property
    def weights(self) -> Weights:
        """The weights that it ended with, as ``model.get_weights()`` gives them.

        Raises:
            RunError: If it has not ended, or failed before its first step.
        """
        if self.final_state is None:
            raise RunError(
                f"Run {self.number} ({self.status}) has no trained weights: they exist once it has ended "
                "(session.wait()), and those of the oldest runs are let go when memory is short."
            )
        return self.final_state.weights

    @property
    def model(self) -> Any:
        """The trained copy of the model, compiled as yours is; made on first use, then the same object.

        Raises:
            RunError: If the run has not ended, or failed before its first step.
        """
        with self._making:
            if self._model is None and self.weights:
                self._model = self._rebuild(self)
        return self._model

    def record(self) -> History:
        """Return a snapshot of all numbers so far."""
        return self._recorder.history()

    def take_down(self, event: Event) -> None:
        """Record an event of this run; called by the training thread only."""
        self._recorder.add(event)
        if isinstance(event, RunEnded):
            self.error, self.traceback = event.error, event.traceback

    def __repr__(self) -> str:
        last = {name: f"{values[-1]:.4g}" for name, values in self.history.items() if values}
        numbers = ", ".join(f"{name}={value}" for name, value in last.items())
        return f"<Run {self.number}: {self.status} after {self.epochs} epochs{', ' + numbers if numbers else ''}>"
