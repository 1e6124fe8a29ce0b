"""Takes a run from its start to its result on the training thread, and remembers where runs can go on from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.events import Event, RunStarted, RunStatus
from ..core.text import Text
from .commands import CommandQueue, Stop
from .controls._base import Control
from .dataset import example_rows
from .loop import Loop
from .memory import memory_limit
from .optimizers import OptimizerShelf
from .run import Run
from .template import ModelTemplate, Weights
from .trained_copy import trained_copy
from .trainer import Trainer
from .tunable import TunableModel
from .warm_models import WarmModels


@dataclass(frozen=True)
class _Position:
    """Where a run stood when its training ended."""

    epoch: int
    step: int
    step_in_epoch: int


class Runner:
    """Trains runs, one after the other. Only the training thread calls it, but for ``rebuild``.

    Args:
        template: The user's model.
        shelf: The optimizers to choose from.
        warm: The tunable copies.
        controls: All controls, by name.
        publish: Told every event.
    """

    def __init__(
        self,
        template: ModelTemplate,
        shelf: OptimizerShelf,
        warm: WarmModels,
        controls: Mapping[str, Control],
        publish: Callable[[Event], None],
    ) -> None:
        self._template, self._shelf, self._warm = template, shelf, warm
        self._controls, self._publish = controls, publish
        self._start_weights: Weights | None = template.came_with
        self._positions: dict[int, _Position] = {}
        self.loop_reason: Text | None = None

    def train(self, run: Run, epochs: int, commands: CommandQueue) -> RunStatus:
        """Train ``run`` until ``epochs`` epochs have ended in all, or something ends it; return how it ended."""
        tunable, loop = self._warm.get(
            inserted_dropout=self._inserts(run),
            batch_size=run.hyperparameters["batch_size"],
            cancelled=lambda: commands.holds(Stop),
        )
        self.loop_reason = loop.reason
        values = dict(run.hyperparameters)
        trainer = Trainer(tunable, loop, self._controls, values, commands, self._publish, run.number)
        self._set_up(run, trainer, tunable)
        self._publish(self._started(run, trainer, loop, epochs))
        loop.begin()
        began = time.perf_counter()
        try:
            trainer.train(epochs)
        finally:
            run.seconds += time.perf_counter() - began - trainer.paused_seconds
            run.final_state, run.final_settings = tunable.state(), dict(trainer.values)
            self._positions = {run.number: _Position(trainer.epoch, trainer.step, trainer.step_in_epoch)}
        return "diverged" if trainer.diverged else "stopped" if trainer.stopped else "finished"

    def _set_up(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        position = self._positions.get(run.number)
        if position is None:
            self._begin(run, trainer, tunable)
        else:
            assert run.final_state is not None
            trainer.epoch, trainer.step = position.epoch, position.step
            trainer.step_in_epoch = position.step_in_epoch
            trainer.values.update(run.final_settings)
            tunable.restore(run.final_state)
            for name in ("dropout", "learning_rate"):  # what no snapshot of variables holds
                self._controls[name].apply(tunable, trainer.values[name])

    def _begin(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        run.start_weights = self._start_weights = self._weights_for(run, tunable)
        tunable.restart(run.start_weights, trainer.values["seed"])
        for name in sorted(self._controls, key=lambda name: name == "learning_rate"):  # after its optimizer
            self._controls[name].apply(tunable, trainer.values[name])

    def _weights_for(self, run: Run, tunable: TunableModel) -> Weights:
        start, seed = run.hyperparameters["start"], run.hyperparameters["seed"]
        if start == "new":
            return self._warm.draw_weights(seed)
        if start == "model" and self._template.came_with is not None:
            return self._template.came_with
        return self._start_weights or tunable.drawn_weights

    def _inserts(self, run: Run) -> bool:
        return self._template.can_insert_dropout and bool(run.hyperparameters["dropout"])

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
        assert run.final_state is not None
        return trained_copy(
            self._template,
            self._shelf,
            run.final_state,
            run.final_settings,
            example_rows(self._template.fixed_batch_size, self._warm.dataset.training),
            inserted_dropout=self._inserts(run),
        )


def forget_oldest(runs: Sequence[Run]) -> None:
    """Keep the trained weights of recent runs only, as far as memory allows; the last run's always."""
    kept = 0
    for run in reversed(runs):
        kept += run.final_state.nbytes if run.final_state is not None else 0
        if kept > memory_limit() and run is not runs[-1]:
            run.final_state = run.start_weights = None
