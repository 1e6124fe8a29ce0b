"""Trains single runs apart from a session's own: on other rows, or in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING, Any

import keras

from ..core.schedule import Schedule
from ..quiet import expected_retracing
from .arena import training_turn
from .dataset import ArrayData, Dataset
from .failure import one_line
from .fingerprint import weights_fingerprint
from .launcher import single
from .optimizers import OptimizerRecipe
from .run import Run
from .schedule_shelf import OwnSchedule
from .template import ModelTemplate
from .trial import Cut, Outcome, Trial
from .warm_models import LoopChoice
from .whole_data import WholeData

if TYPE_CHECKING:
    from .session import Session

_POLL_SECONDS = 0.05
_ROWS_AT_ONCE = 256
_IN_MEMORY = "The data of a fold must be arrays."


@dataclass(frozen=True)
class Subject:
    """Everything that the runs of a session are made of.

    Attributes:
        template: The model.
        dataset: The session's own data.
        seed: The session's.
        loop: Which loop the session was asked to take.
        recipes: The optimizers to choose from, by name.
        schedules: A person's own schedules by name.
        known: What those look like to the settings.
        options: What else the session was made with.
        policy: Keras's dtype policy, which each thread has of its own; None where the threads are the session's.
    """

    template: ModelTemplate
    dataset: Dataset
    seed: int
    loop: LoopChoice
    recipes: Mapping[str, OptimizerRecipe] = field(default_factory=dict)
    schedules: Mapping[str, OwnSchedule] = field(default_factory=dict)
    known: Mapping[str, Schedule] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    policy: Any = None


class Bench:
    """Trains trials, one at a time, in a session of its own for each division of the data; any thread may ask.

    Args:
        subject: What to train.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._lock, self._closed = Lock(), Flag()
        self._session: Session | None = None
        self._cut: Cut | None = None

    def train(self, trial: Trial, cancelled: Callable[[], bool] = lambda: False) -> Outcome:
        """Train a run; whatever goes wrong with it is in what comes back.

        Args:
            trial: Which.
            cancelled: Asked now and then, whether to stop.
        """
        with self._lock, under_policy(self._subject.policy):
            if self._closed.is_set():
                return Outcome(trial.place, "stopped")
            try:
                return self._train(trial, lambda: cancelled() or self._closed.is_set())
            except Exception as error:  # of whatever kind: it is this run's, the others may do
                return Outcome(trial.place, "failed", error=one_line(error))

    def close(self) -> None:
        """Stop what is being trained and let go of everything."""
        self._closed.set()
        with self._lock:
            self._leave()

    def _train(self, trial: Trial, cancelled: Callable[[], bool]) -> Outcome:
        session = self._session_for(trial.cut)
        with session._launcher.lock:
            run = session._maker.fresh(trial.values)
            session._launcher.launch(single(run, run.hyperparameters["epochs"]), takes_settings=False)
        while not session._launcher.idle.wait(_POLL_SECONDS):
            if cancelled():
                session.stop()
        session._launcher.join()
        outcome = _outcome(trial, run, self._predictions(session, run) if trial.predicts else None)
        run.let_go()
        session._checkpoints.forget(run.number)
        session._book.delete(run)
        return outcome

    def _session_for(self, cut: Cut | None) -> Session:
        """Return a session on these rows; it stays warm until other rows are asked for."""
        from .session import Session

        if self._session is None or cut is not self._cut:
            self._leave()
            subject = self._subject
            data = subject.dataset if cut is None else WholeData(subject.dataset).divided(cut)
            options = {"seed": subject.seed, "loop": subject.loop, "probe": False, **subject.options}
            self._session, self._cut = Session(subject.template, data, **options), cut
            self._session._shelf.recipes.update(subject.recipes)
            self._session._settings.schedules.own.update(subject.schedules)
            self._session._settings.schedules.known.update(subject.known)
        return self._session

    def _leave(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = self._cut = None

    def _predictions(self, session: Session, run: Run) -> Any:
        validation = session._warm.dataset.validation
        if run.status == "failed" or not run.has_weights:
            return None
        if not isinstance(validation, ArrayData):
            raise TypeError(_IN_MEMORY)
        size = self._subject.template.fixed_batch_size or _ROWS_AT_ONCE
        with training_turn(lambda: None, lambda: False), expected_retracing():  # each fold's model is another
            return run.model.predict(validation.x, batch_size=size, verbose=0)


@contextmanager
def under_policy(policy: Any) -> Iterator[None]:
    """Have this thread make layers as the session's does.

    Args:
        policy: Keras's dtype policy; None for that of this thread.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(before if policy is None else policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _outcome(trial: Trial, run: Run, predictions: Any) -> Outcome:
    epochs = {name: tuple(float(value) for value in values) for name, values in run.record().epochs.items()}
    end = weights_fingerprint(run.weights) if run.has_weights else ""
    return Outcome(trial.place, run.status, epochs, run.seconds, run.error, run.start_id, end, predictions)
