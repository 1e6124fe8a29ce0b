"""Takes a run from its start to its result on the training thread, and remembers where runs can go on from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..core.events import Event, RunStarted, RunStatus
from ..core.seeds import seeds_of
from ..core.text import Language, Text
from .checkpoint_keeper import CheckpointKeeper
from .checkpoints import Checkpoint, CheckpointStore
from .checks import is_classification
from .commands import CommandQueue, SetHyperparameter, Stop
from .controls._base import Control
from .dataset import ArrayData, example_rows
from .environment import EnvironmentRecord
from .export.code import Script, Subject, write_script
from .final_scores import final_scores
from .fingerprint import data_fingerprint
from .layer_names import known_names
from .loop import Loop
from .optimizers import OptimizerShelf
from .probe import Probe, ProbeRows
from .redrawing import redrawn
from .run import Run
from .run_probe import RunProbe
from .run_rates import RunRates
from .schedule_shelf import ScheduleShelf
from .strictness import strictly
from .structure import Structure, structure_of
from .structure_start import Start
from .template import ModelTemplate
from .trained_copy import trained_copy
from .trainer import Trainer
from .tunable import TunableModel
from .warm_models import WarmModels


@dataclass(frozen=True)
class Borrowed:
    """A warm copy lent to work that is no run.

    Attributes:
        tunable: The copy.
        loop: What trains it.
        in_memory: Whether the training data are; only then does an epoch of one number have the same batches each time.
        begin: Sets it to the start of a run with these hyperparameters; may be called as often as one likes. With
            ``redraw``, initial weights are drawn anew under their seed. The optimizer has no schedule of its own then.
    """

    tunable: TunableModel
    loop: Loop
    in_memory: bool
    begin: Callable[[Mapping[str, Any], bool], None]


_NOT_IN_FORCE = ("epochs", "start")  # what a run begins with and nothing later depends on


class Runner:
    """Trains runs, one after the other. Only the training thread calls it, but for ``rebuild``.

    Args:
        template: The user's model.
        shelf: The optimizers to choose from.
        schedules: The schedules to choose from.
        warm: The tunable copies.
        controls: All controls, by name.
        checkpoints: Where to keep how a run stands after each epoch.
        publish: Told every event.
        probe_seed: Draws the rows that the probe looks at; None for no probe.
        strict: Whether to train with deterministic operations only.
        record: Tells where runs are trained; None leaves that out.
    """

    def __init__(
        self,
        template: ModelTemplate,
        shelf: OptimizerShelf,
        schedules: ScheduleShelf,
        warm: WarmModels,
        controls: Mapping[str, Control],
        checkpoints: CheckpointStore,
        publish: Callable[[Event], None],
        probe_seed: int | None = None,
        *,
        strict: bool = False,
        record: EnvironmentRecord | None = None,
    ) -> None:
        self._template, self._shelf, self._schedules, self._warm = template, shelf, schedules, warm
        self._controls, self._checkpoints, self._publish = controls, checkpoints, publish
        self._start: Start | None = None
        self._data_id: str | None = None
        self._trained: TunableModel | None = None
        self._probe_seed, self._strict, self._record = probe_seed, strict, record
        self.loop_reason: Text | None = None

    @contextmanager
    def reproducibly(self) -> Iterator[None]:
        """Train within this block: unseeded draws go by the run's seed, in strict mode operations are deterministic."""
        with self._warm.unseeded.in_force(), strictly(self._strict):
            yield

    def twin(self, *, strict: bool) -> Runner:
        """Return another runner with copies of its own, for work that is no run; it shares the data with this one."""
        parts = (self._template, self._shelf, self._schedules, self._warm.like(), self._controls, self._checkpoints)
        return Runner(*parts, self._publish, strict=strict)

    def train(self, run: Run, epochs: int, commands: CommandQueue) -> RunStatus:
        """Train ``run`` until ``epochs`` epochs have ended in all, or something ends it; return how it ended.

        Called within ``reproducibly``, as ``scores`` is.
        """
        if self._record is not None:
            self._record.begin()
        goes_on = run.end or run.branch_of
        tunable, loop = self._warm.get(
            self.structure_of(run),
            batch_size=run.hyperparameters["batch_size"],
            cancelled=lambda: commands.holds(Stop),
            goes_on_from=None if goes_on is None else goes_on.state.weights,
        )
        self.loop_reason, self._trained = loop.reason, tunable
        names = known_names(run.model_profile, tunable.profile)
        run.data_id = self._data_fingerprint()
        if self._record is not None:
            known = {"data_id": run.data_id, "model_id": str(run.facts.get("model_id", ""))}
            run.environment = self._record.environment.about(**known)
        run.model_profile = tunable.profile if names is None else run.model_profile
        keeper = CheckpointKeeper(self._checkpoints, tunable.state_reader)
        values = dict(run.start_settings)
        planned = run.hyperparameters["epochs"] + (0 if run.parent is None else run.parent.epochs)
        probe = RunProbe(self._probe_of(tunable), run.number, self._publish, names)
        about = (tunable, loop, self._controls, values, commands, self._publish, run.number, keeper)
        rates = RunRates(self._schedules.known, planned, run.record)
        trainer = Trainer(*about, rates=rates, probe=probe)
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

    def scores(self) -> dict[str, float]:
        """Return what the model trained last gets on the rows that judge; empty where that cannot be measured."""
        assert self._trained is not None
        data = self._warm.dataset.validation or self._warm.dataset.training
        size = self._template.fixed_batch_size
        classes = is_classification(self._template) or None
        return final_scores(self._trained.model, data, classification=classes, batch_size=size)

    def _probe_of(self, tunable: TunableModel) -> Probe | None:
        seed = self._probe_seed
        if tunable.probe is None and seed is not None:
            fixed_size, warm = self._template.fixed_batch_size, self._warm
            rows = lambda: ProbeRows(warm.dataset.training, seed, fixed_size)  # noqa: E731
            tunable.probe = Probe(tunable.model, rows, tunable.profile, lambda: tunable.penalized)
        found: Probe | None = tunable.probe
        return found

    def _set_up(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        if run.end is not None:
            self._go_on(run, run.end, trainer, tunable)
        elif run.branch_of is not None:
            self._go_on(run, run.branch_of, trainer, tunable)
            self._turn_off(run, trainer, tunable)
            run.branch_of = None
        else:
            self._begin(run, trainer, tunable)

    def _go_on(self, run: Run, checkpoint: Checkpoint, trainer: Trainer, tunable: TunableModel) -> None:
        trainer.epoch, trainer.step = checkpoint.epoch, checkpoint.step
        trainer.step_in_epoch = checkpoint.step_in_epoch
        trainer.values.update(checkpoint.values)
        trainer.handing_over.know(run.record())
        tunable.restart(checkpoint.state.weights, seeds_of(trainer.values).dropout)
        tunable.restore(checkpoint.state)
        for name in ("dropout", "l2", "clipnorm", "learning_rate"):  # what no snapshot of variables holds
            self._controls[name].apply(tunable, trainer.values[name])

    def _turn_off(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        """Let the settings of a branch act from its first step on."""
        for name, value in run.hyperparameters.items():
            if name not in _NOT_IN_FORCE and value != trainer.values[name]:
                trainer.ask(SetHyperparameter(name, value, "epoch"))
        seed = seeds_of(run.hyperparameters).dropout
        if seed != seeds_of(trainer.values).dropout:
            tunable.reseed(seed)

    @contextmanager
    def borrowed(
        self, values: Mapping[str, Any], facts: Mapping[str, Any], cancelled: Callable[[], bool]
    ) -> Iterator[Borrowed]:
        """Lend the copy that a run with these hyperparameters would train; afterwards it is exactly as it was.

        Args:
            values: The hyperparameters.
            facts: What is known of model and data.
            cancelled: Asked while data are read into memory, whether to give up; what is lent is then of no use.
        """
        with self.reproducibly():
            structure = structure_of(values, facts, can_insert_dropout=self._template.can_insert_dropout)
            tunable, loop = self._warm.get(structure, batch_size=values["batch_size"], cancelled=cancelled)
            yield from self._lent(tunable, loop, structure)

    def _lent(self, tunable: TunableModel, loop: Loop, structure: Structure) -> Iterator[Borrowed]:
        before = tunable.state()

        def begin(own: Mapping[str, Any], redraw: bool) -> None:
            seed = seeds_of(own).weights
            laid_out = (tunable.layout, structure.initializer, self._warm.statistics)
            weights = self._start_of(own, tunable).weights(*laid_out)
            if redraw:
                anew = redrawn(tunable.layout, weights, seed) if structure.initializer == "as_built" else None
                weights = anew or Start(partial(self._warm.draw_weights, seed), seed).weights(*laid_out)
            tunable.restart(weights, seeds_of(own).dropout)
            # a schedule of the optimizer's own may be at 0, where no factor makes a rate of it
            self._apply_all({**own, "optimizer": self._shelf.without_schedule(own["optimizer"])}, tunable)

        try:
            yield Borrowed(tunable, loop, isinstance(self._warm.dataset.training, ArrayData), begin)
        finally:
            tunable.restore(before)

    def _apply_all(self, values: Mapping[str, Any], tunable: TunableModel) -> None:
        for name in sorted(self._controls, key=lambda name: name == "learning_rate"):  # after its optimizer
            self._controls[name].apply(tunable, values[name])

    def _begin(self, run: Run, trainer: Trainer, tunable: TunableModel) -> None:
        start = self._start_of(run.hyperparameters, tunable)
        initializer = self.structure_of(run).initializer
        run.begin_with(start.weights(tunable.layout, initializer, self._warm.statistics), start.identity)
        assert run.start_weights is not None
        if run.is_own:
            self._start = start
        tunable.restart(run.start_weights, seeds_of(trainer.values).dropout)
        self._apply_all(trainer.values, tunable)

    def _start_of(self, values: Mapping[str, Any], tunable: TunableModel) -> Start:
        start, seed = values["start"], seeds_of(values).weights
        if start == "new":
            return Start(partial(self._warm.draw_weights, seed), seed)
        if self._start is not None and (start == "same" or self._template.came_with is None):
            return self._start
        if self._template.came_with is None and tunable.is_one_by_one:
            return Start(lambda: tunable.drawn_weights, seed)
        return Start(self._warm.own_weights, seed)

    def start_like(self, run: Run) -> None:
        """Let the next run that starts from the "same" weights start like ``run``."""
        weights, structure = run.start_weights, self.structure_of(run)
        if weights is None:
            return
        seed = seeds_of(run.hyperparameters).weights
        if structure.traced.is_one_by_one and structure.initializer == "as_built":
            self._start = Start(lambda: weights, seed, run.start_id)
            return
        drawn = run.hyperparameters.get("start") == "new"
        own = partial(self._warm.draw_weights, seed) if drawn else self._warm.own_weights
        self._start = Start(own, seed, run.start_id)
        self._start.know(self._warm.layout(structure), structure.initializer, weights)

    def structure_of(self, run: Run) -> Structure:
        """Return how the copy that ``run`` trains differs from the user's model."""
        inserts = self._template.can_insert_dropout
        return structure_of(run.hyperparameters, run.facts, can_insert_dropout=inserts)

    def shapes_of(self, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> list[tuple[int, ...]] | None:
        """Return the shapes of the weights of a run with these settings; None while the model has none."""
        inserts = self._template.can_insert_dropout
        structure = structure_of(settings, facts, can_insert_dropout=inserts)
        if structure.is_one_by_one:
            example = self._template.example
            return [tuple(weight.shape) for weight in example.weights] or None if example.built else None
        return [slot.shape for slot in self._warm.layout(structure)]

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
            self.structure_of(run),
        )

    def script(self, run: Run, language: Language) -> Script:
        """Return ``run`` as a plain Keras script, with the arrays that it reads."""
        subject = Subject(run.number, run.name, run.status, run.start_settings, run.start_weights, run.record())
        return write_script(subject, self._template, self._shelf, self._warm.dataset, language, self._schedules)
