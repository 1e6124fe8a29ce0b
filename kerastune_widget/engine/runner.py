"""Takes a run from its start to its result on the training thread, and remembers where runs can go on from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ..core.events import Event, RunStarted, RunStatus
from ..core.text import Language, Text
from .checkpoint_keeper import CheckpointKeeper
from .checkpoints import Checkpoint, CheckpointStore
from .commands import CommandQueue, SetHyperparameter, Stop
from .controls._base import Control
from .dataset import example_rows
from .export.code import Script, Subject, write_script
from .fingerprint import data_fingerprint
from .loop import Loop
from .optimizers import OptimizerShelf
from .run import Run
from .template import ModelTemplate, Weights
from .trained_copy import trained_copy
from .trainer import Trainer
from .tunable import TunableModel
from .warm_models import WarmModels

_NOT_IN_FORCE = ("epochs", "start")  # what a run begins with and nothing later depends on


class Runner:
    """Trains runs, one after the other. Only the training thread calls it, but for ``rebuild``.

    Args:
        template: The user's model.
        shelf: The optimizers to choose from.
        warm: The tunable copies.
        controls: All controls, by name.
        checkpoints: Where to keep how a run stands after each epoch.
        publish: Told every event.
    """

    def __init__(
        self,
        template: ModelTemplate,
        shelf: OptimizerShelf,
        warm: WarmModels,
        controls: Mapping[str, Control],
        checkpoints: CheckpointStore,
        publish: Callable[[Event], None],
    ) -> None:
        self._template, self._shelf, self._warm = template, shelf, warm
        self._controls, self._checkpoints, self._publish = controls, checkpoints, publish
        self._start: tuple[Weights, str] | None = None if template.came_with is None else (template.came_with, "")
        self._data_id: str | None = None
        self.loop_reason: Text | None = None

    def train(self, run: Run, epochs: int, commands: CommandQueue) -> RunStatus:
        """Train ``run`` until ``epochs`` epochs have ended in all, or something ends it; return how it ended."""
        tunable, loop = self._warm.get(
            inserted_dropout=self._inserts(run),
            batch_size=run.hyperparameters["batch_size"],
            cancelled=lambda: commands.holds(Stop),
        )
        self.loop_reason = loop.reason
        run.data_id = self._data_fingerprint()
        keeper = CheckpointKeeper(self._checkpoints, tunable.state_reader)
        values = dict(run.start_settings)
        trainer = Trainer(tunable, loop, self._controls, values, commands, self._publish, run.number, keeper)
        self._set_up(run, trainer, tunable)
        self._publish(self._started(run, trainer, loop, epochs))
        loop.begin()
        began = time.perf_counter()
        try:
            trainer.train(epochs)
        finally:
            run.seconds += time.perf_counter() - began - trainer.paused_seconds
            run.end = trainer.checkpoint()
        return "diverged" if trainer.diverged else "stopped" if trainer.stopped else "finished"

    def _set_up(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        if run.end is not None:
            self._go_on(run.end, trainer, tunable)
        elif run.branch_of is not None:
            self._go_on(run.branch_of, trainer, tunable)
            self._turn_off(run, trainer, tunable)
            run.branch_of = None
        else:
            self._begin(run, trainer, tunable)

    def _go_on(self, checkpoint: Checkpoint, trainer: Trainer, tunable: TunableModel) -> None:
        trainer.epoch, trainer.step = checkpoint.epoch, checkpoint.step
        trainer.step_in_epoch = checkpoint.step_in_epoch
        trainer.values.update(checkpoint.values)
        tunable.restart(checkpoint.state.weights, trainer.values["seed"])
        tunable.restore(checkpoint.state)
        for name in ("dropout", "learning_rate"):  # what no snapshot of variables holds
            self._controls[name].apply(tunable, trainer.values[name])

    def _turn_off(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        """Let the settings of a branch act from its first step on."""
        for name, value in run.hyperparameters.items():
            if name not in _NOT_IN_FORCE and value != trainer.values[name]:
                trainer.ask(SetHyperparameter(name, value, "epoch"))
        if run.hyperparameters["seed"] != trainer.values["seed"]:
            tunable.reseed(run.hyperparameters["seed"])

    def _begin(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        run.begin_with(*self._start_of(run, tunable))
        assert run.start_weights is not None
        self._start = (run.start_weights, run.start_id)
        tunable.restart(run.start_weights, trainer.values["seed"])
        for name in sorted(self._controls, key=lambda name: name == "learning_rate"):  # after its optimizer
            self._controls[name].apply(tunable, trainer.values[name])

    def _start_of(self, run: Run, tunable: TunableModel) -> tuple[Weights, str]:
        """Return the weights to begin with, and their fingerprint where it is known."""
        start, seed = run.hyperparameters["start"], run.hyperparameters["seed"]
        if start == "new":
            return self._warm.draw_weights(seed), ""
        if start == "model" and self._template.came_with is not None:
            return self._template.came_with, ""
        return self._start or (tunable.drawn_weights, "")

    def start_like(self, run: Run) -> None:
        """Let the next run that starts from the "same" weights start like ``run``."""
        if run.start_weights is not None:
            self._start = (run.start_weights, run.start_id)

    def _inserts(self, run: Run) -> bool:
        return self._template.can_insert_dropout and bool(run.hyperparameters["dropout"])

    def _data_fingerprint(self) -> str:
        if self._data_id is None:
            self._data_id = data_fingerprint(self._warm.dataset)
        return self._data_id

    def _started(self, run: Run, trainer: Trainer, loop: Loop, epochs: int) -> RunStarted:
        return RunStarted(
            run.number,
            hyperparameters=dict(trainer.values),
            steps_per_epoch=loop.steps_per_epoch(trainer.values["batch_size"]),
            first_epoch=trainer.epoch,
            epochs=epochs,
            loop=loop.kind,
            reason=loop.reason,
        )

    def close(self) -> None:
        """Let go of the warm models and tensors; ``rebuild`` still works."""
        self._warm.clear()

    def rebuild(self, run: Run) -> Any:
        """Return the model that ``run`` trained, as an ordinary Keras model."""
        assert run.end is not None
        return trained_copy(
            self._template,
            self._shelf,
            run.end.state,
            run.end.values,
            example_rows(self._template.fixed_batch_size, self._warm.dataset.training),
            inserted_dropout=self._inserts(run),
        )

    def script(self, run: Run, language: Language) -> Script:
        """Return ``run`` as a plain Keras script, with the arrays that it reads."""
        subject = Subject(run.number, run.name, run.status, run.start_settings, run.start_weights, run.record())
        return write_script(subject, self._template, self._shelf, self._warm.dataset, language)
