"""Drives one run from start to end on the training thread: epochs, commands, events."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.events import EpochEnded, Event, RunPaused, RunResumed, SettingChanged, StepsEnded
from ..core.seeds import seeds_of
from .arena import paused_turn
from .building import set_weights
from .checkpoint_keeper import CheckpointKeeper
from .checkpoints import Checkpoint
from .commands import CommandQueue, Pause, Resume, SetHyperparameter, Stop
from .controls._base import Control
from .early_stopping import EarlyStopping, Watch
from .handing_over import HandingOver
from .loop import Chunk, Epoch, Loop
from .run_probe import RunProbe
from .run_rates import RunRates
from .tunable import TunableModel


class Trainer:
    """Trains one run.

    Args:
        tunable: The model, already set to the run's start.
        loop: How to train it.
        controls: All controls, by name.
        values: The hyperparameters in force; changed as commands act.
        commands: What is asked of the run while it trains.
        publish: Told every event.
        run: Number of the run.
        keeper: Keeps a checkpoint after each epoch, as long as that costs little.
        rates: Tells how a schedule moves the learning rate.
        probe: Looks into the model now and then; None for nothing to do so.
    """

    def __init__(
        self,
        tunable: TunableModel,
        loop: Loop,
        controls: Mapping[str, Control],
        values: dict[str, Any],
        commands: CommandQueue,
        publish: Callable[[Event], None],
        run: int,
        keeper: CheckpointKeeper,
        rates: RunRates,
        probe: RunProbe | None = None,
    ) -> None:
        self._tunable, self._loop = tunable, loop
        self._controls, self.values = controls, values
        self._commands, self._publish, self._run, self._keeper = commands, publish, run, keeper
        self._pending: dict[str, SetHyperparameter] = {}
        self.epoch = self.step = self.step_in_epoch = 0
        self.stopped = self.diverged = False
        self.paused_seconds = 0.0
        self._planned, self._rates = 0, rates
        self._early_stopping, self._over = EarlyStopping(), False
        self.handing_over = HandingOver()
        self._probe = probe or RunProbe(None, run, publish)
        self._began = time.perf_counter()

    def checkpoint(self) -> Checkpoint:
        """Return how training stands."""
        return Checkpoint(self._tunable.state(), dict(self.values), self.epoch, self.step, self.step_in_epoch)

    def ask(self, command: SetHyperparameter) -> None:
        """Let a setting act as soon as its effect allows."""
        self._pending[command.name] = command

    def train(self, epochs: int) -> None:
        """Train until ``epochs`` epochs have ended in all, or something ends the run."""
        self._planned, self._began = epochs, time.perf_counter()
        if self.step == 0:
            self._probe.begin()
        while not self._over and self.epoch < epochs and self._obey():
            if self.step_in_epoch == 0:
                self._begin_epoch()
            if not self._train_epoch():
                return
        if self._early_stopping.best_weights is None:  # else those of the best epoch have been put back
            self._finalize()

    def _begin_epoch(self) -> None:
        before, chosen = self.values.get("hand_over"), "optimizer" in self._pending
        self._apply_pending("epoch")
        if self.values.get("hand_over") != before:
            self.handing_over.since = self.epoch
        if not chosen:  # else a person has just said what to go on with
            for name, value in self.handing_over.due(self.values, self.epoch).items():
                self.ask(SetHyperparameter(name, value, "epoch"))
            self._apply_pending("epoch")

    def _finalize(self) -> None:
        self._tunable.model.optimizer.finalize_variable_values(self._tunable.model.trainable_weights)

    def _train_epoch(self) -> bool:
        values = self.values
        logs = self._loop.train(self._next_epoch(), self._tick)
        if logs is None:
            return False
        validation = self._loop.validate(values["batch_size"], self._tick)
        logs |= {f"val_{name}": value for name, value in (validation or {}).items()}
        self.step_in_epoch, self.epoch = 0, self.epoch + 1
        self._probe.epoch_ended(self.epoch)
        self._watch(logs)
        if not self.diverged:
            self._keeper.keep(self._run, self.checkpoint, last=self._over)
        self._publish(EpochEnded(self._run, epoch=self.epoch - 1, last_step=self.step, logs=logs))
        return not (self.stopped or self.diverged)

    def _next_epoch(self) -> Epoch:
        values = self.values
        rates = None if self._tunable.has_own_schedule else self._rates.of(values["schedule"])
        momentum = None if rates is None else rates.momentum
        self._tunable.move_momentum(momentum is not None)
        return Epoch(
            self.epoch,
            values["batch_size"],
            seeds_of(values).order,
            values["shuffle"],
            self.step_in_epoch,
            values["class_weight"],
            None if rates is None else rates.schedule,
            momentum,
            self._probe.choose(self._seconds(), self._planned - self.epoch),
        )

    def _seconds(self) -> float:
        """Return the time spent training so far."""
        return time.perf_counter() - self._began - self.paused_seconds

    def _watch(self, logs: Mapping[str, float]) -> None:
        """Find out whether this was the last epoch; if so, put the weights of the best one back."""
        model, stopping = self._tunable.model, self._early_stopping
        self.handing_over.epoch_ended(logs)
        watch = Watch.of(self.values)
        over = stopping.is_over(self.values["early_stopping"], logs, self.epoch - 1, model.get_weights, watch)
        self._over = over or self.epoch == self._planned
        if self._over and stopping.best_weights is not None and not (self.stopped or self.diverged):
            set_weights(model, stopping.best_weights)

    def _tick(self, chunk: Chunk | None) -> bool:
        if chunk is not None:
            self._publish(StepsEnded(self._run, self.step, self.epoch, chunk.values, chunk.learning_rates))
            self.step += chunk.steps
            self.step_in_epoch += chunk.steps
            self._probe.chunk_ended()
            self.diverged = self.diverged or not np.isfinite(chunk.values["loss"]).all()
        return not self.diverged and self._obey()

    def _obey(self) -> bool:
        """Carry out what was asked; return False when the run is to end."""
        pausing = self._carry_out(self._commands.take())
        if pausing and not self.stopped:
            self._pause()
        return not self.stopped

    def _carry_out(self, commands: list[Any], *, pausing: bool = False) -> bool:
        for command in commands:
            if isinstance(command, SetHyperparameter):
                self.ask(command)
            elif isinstance(command, Stop):
                self.stopped = True
            elif isinstance(command, Pause | Resume):
                pausing = isinstance(command, Pause)
        self._apply_pending("step")
        return pausing

    def _pause(self) -> None:
        began = time.perf_counter()
        with paused_turn():
            self._publish(RunPaused(self._run))
            while not self.stopped and self._carry_out(self._commands.take(wait=True), pausing=True):
                pass
        self.paused_seconds += time.perf_counter() - began
        if not self.stopped:
            self._publish(RunResumed(self._run))

    def _apply_pending(self, effect: str) -> None:
        for name in [name for name, command in self._pending.items() if command.effect == effect]:
            value = self._pending.pop(name).value
            if value == self.values[name]:
                continue
            old, self.values[name] = self.values[name], value
            self._controls[name].apply(self._tunable, value)
            if name == "optimizer":  # a new optimizer starts at a rate of its own
                self._controls["learning_rate"].apply(self._tunable, self.values["learning_rate"])
            self._publish(SettingChanged(self._run, step=self.step, name=name, old=old, new=value))
