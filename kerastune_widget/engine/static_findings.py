"""The diagnosis of settings, model and data, before any run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from ..core.diagnosis import Diagnosis, diagnose_history
from ..core.history import History
from ..core.hyperparameters import Hyperparameters
from .profiles import Profiles


class StaticFindings:
    """Diagnoses on demand, in the thread that asks, and remembers the last answer.

    Args:
        untrained: Returns what is known before a run with given settings takes a step.
        profiles: Tells what model and data look like; takes a moment the first time.
    """

    def __init__(self, untrained: Callable[[Hyperparameters], History], profiles: Profiles) -> None:
        self._untrained, self._profiles = untrained, profiles
        self._lock = Lock()
        self._answer: tuple[Hyperparameters, Diagnosis] | None = None

    def of(self, settings: Hyperparameters) -> Diagnosis:
        """Return the findings for a run with ``settings``."""
        with self._lock:
            if self._answer is None or self._answer[0] != settings:
                history = replace(self._untrained(settings), model=self._profiles.model, data=self._profiles.data)
                self._answer = settings, diagnose_history(history)
            return Diagnosis(self._answer[1])
