"""Session: a model template, a data set and the runs made of them; the headless heart of the widget."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..core.control import ControlSpec
from ..core.diagnosis import Diagnosis
from ..core.events import Event, EventBus, RunStatus, SettingChosen
from ..core.hyperparameters import Hyperparameters
from ..core.text import Text
from ..errors import HyperparameterError, ModelError, RunError, SessionBusyError
from .audit.audit import Audit
from .audits import SessionAudits
from .building import set_weights
from .checkpoints import CheckpointStore
from .commands import CommandQueue, Pause, Resume, SetHyperparameter, Stop
from .comparisons import SessionComparisons, raise_if_failed
from .controls._base import Subject
from .cross_validation import CrossValidation
from .cross_validations import SessionCrossValidations
from .environment import EnvironmentRecord
from .export.exports import SessionExports
from .facts import gather_facts
from .labelling import SessionLabels
from .launcher import Launcher, single
from .memory import memory_limit
from .optimizers import OptimizerShelf
from .planned import SessionPlans
from .prepare import prepare_dataset
from .profiles import Profiles
from .proof import Proof
from .race import Race
from .races import SessionRaces
from .range_test import RangeTest
from .range_tests import SessionRangeTests
from .repeat import Repeat
from .repeat_logged import LoggedRepeats
from .repeats import SessionRepeats
from .reproducing import SessionReproducing
from .requirements import kinds_of
from .run import Run
from .run_book import RunBook
from .run_log.attach import attach
from .run_log.run_log import RunLog
from .run_log.saved_session import SavedSession
from .run_maker import RunMaker
from .run_source import SessionSource
from .runner import Runner
from .settings import Settings
from .source_spread import SourceSpread
from .static_findings import StaticFindings
from .strict_cost import CostMeasurement
from .strictness import refuse_other_backends
from .structure_refusals import refuse_to_adopt
from .sweep import Sweep
from .template import ModelTemplate
from .warm_models import LoopChoice, WarmModels

_NOTHING_TO_CONTINUE = Text(
    en="There is nothing to continue: the run never began, its weights were let go, or none was started. "
    "Start one first.",
    zh="没有可以继续的运行：该次运行没有真正开始、权重已被释放，或者还没有运行过。请先开始一次运行。",
)
_CLOSED = Text(en="This session is closed. Make a new one.", zh="这个会话已经关闭，请新建一个。")
_BRANCH_START = Text(
    en="A branch begins with the weights of its checkpoint, so start cannot be set; received start={value!r}.",
    zh="分支从检查点的权重开始，因此不能设置 start；收到的是 start={value!r}。",
)


class Session(
    SessionComparisons,
    SessionRangeTests,
    SessionRaces,
    SessionRepeats,
    SessionCrossValidations,
    SessionReproducing,
    SessionAudits,
    SessionPlans,
    SessionLabels,
    SessionExports,
):
    """Wraps a compiled model and a data set, and makes runs of them in one background thread.

    Args:
        model: A compiled ``keras.Model``, or a function without arguments that returns one. It is never changed.
        data: ``(x, y)`` or ``(x, y, sample_weight)`` of arrays, tensors or pandas tables of shape (rows, ...), with
            tuples or dicts for several inputs or outputs; or a ``tf.data.Dataset``, or a ``keras.utils.PyDataset``.
        validation_data: Likewise, or None.
        validation_split: Share of the rows (0 to 1) to hold out when there is no ``validation_data``; arrays only.
        shuffle_split: Whether the held-out rows are drawn at random and, for classes, in equal shares (default);
            False takes the last rows, as ``fit`` does.
        class_weight: Weight by class number, as in ``fit``.
        seed: Fixes the split, and everything random in runs that set no seed of their own.
        strict: Whether to train with TensorFlow's deterministic operations only; what has no such form ends a run
            with an error. ``promises`` says what that is good for, ``strict_cost`` what it costs.
        loop: "auto" (default) takes the graph loop where it can; "graph" insists; "keras" trains with ``fit``.
        log_dir: A folder to write every run to as it goes, made if need be. Runs that it has already are this
            session's first; ``Session.load`` finds them again after a restart of the kernel.
        probe: Whether to look into the network now and then while it trains (gradients, dead units, ...), for the
            diagnosis; takes 3% of the time at most and changes nothing.

    Raises:
        ModelError: If the model is not compiled or cannot be copied.
        DataError: If the data are empty, of unequal lengths, no numbers, or do not fit the model.
        LogError: If ``log_dir`` cannot be used, or another session writes into it.

    Example:
        >>> session = kt.Session(model, (x, y), validation_split=0.2)
        >>> run = session.run(epochs=5, learning_rate=1e-3)
        >>> run.history["val_loss"]
    """

    def __init__(
        self,
        model: Any,
        data: Any,
        *,
        validation_data: Any = None,
        validation_split: float = 0.0,
        shuffle_split: bool = True,
        class_weight: dict[int, float] | None = None,
        seed: int = 0,
        loop: LoopChoice = "auto",
        log_dir: str | Path | None = None,
        probe: bool = True,
        strict: bool = False,
    ) -> None:
        if strict:
            refuse_other_backends()
        self._template = model if isinstance(model, ModelTemplate) else ModelTemplate(model, seed)
        dataset = prepare_dataset(
            self._template,
            data,
            validation_data=validation_data,
            validation_split=validation_split,
            shuffle_split=shuffle_split,
            class_weight=class_weight,
            seed=seed,
        )
        self._shelf = OptimizerShelf(self._template.optimizer)
        self._settings = Settings(Subject(self._template, dataset, self._shelf, seed))
        self._notices = dataset.notices
        self._book = RunBook()
        self._sweeps: list[Sweep] = []
        self._proofs: list[Proof] = []
        self._range_tests: list[RangeTest] = []
        self._races: list[Race] = []
        self._repeats: list[Repeat] = []
        self._logged = LoggedRepeats()
        self._spreads: list[SourceSpread] = []
        self._cross_validations: list[CrossValidation] = []
        self._made_with = {"seed": seed, "loop": loop, "options": {"strict": strict}}
        self._audits: list[Audit] = []
        self._checkpoints = CheckpointStore()
        self._launcher = Launcher(self._train, self._publish)
        self._warm = warm = WarmModels(self._template, self._shelf, dataset, seed, loop)
        controls = self._settings.controls
        self._profiles = Profiles(self._template, lambda: warm.dataset)
        probed = seed if probe else None
        about = (self._template, self._shelf, self._settings.schedules, warm, controls, self._checkpoints)
        self._strict, self._record = strict, EnvironmentRecord(strict=strict)
        self._costs: list[CostMeasurement] = []
        self._data_kinds = kinds_of(data, validation_data)
        self._runner = Runner(*about, self._publish, probed, strict=strict, record=self._record)
        source = SessionSource(self._runner, self._checkpoints, self._book, self._profiles)
        facts = gather_facts(self._template, dataset, self._settings.specs)
        self._maker = RunMaker(self._book, facts, source, self._checkpoints)
        self._static = StaticFindings(self._maker.untrained, self._profiles)
        self._closed = False
        self.events = EventBus()
        self._log = None if log_dir is None else self._attach(_absolute(log_dir), source)
        self._start_like_the_last()

    @classmethod
    def load(
        cls, log_dir: str | Path, model: Any = None, data: Any = None, **session_options: Any
    ) -> Session | SavedSession:
        """Find the runs of a ``log_dir`` again, after a restart of the kernel or on another computer.

        Nothing in the folder is ever run: JSON is checked, arrays hold numbers only, a model is read in Keras's safe
        mode. A run that was cut off has the status "interrupted".

        Args:
            log_dir: The folder that a session wrote to.
            model: Your model, as for ``Session``; None for the copy in the folder.
            data: Your data, as for ``Session``; None to look at the runs only.
            **session_options: What else ``Session`` takes; give the same split and seed as before.

        Returns:
            With data, a session that goes on where the other ended; without, one that only reads.

        Raises:
            LogError: If there is no log, a session is writing to it, or its model needs code that only you have.

        Example:
            >>> session = kt.Session.load("runs", data=(x, y), validation_split=0.2)
            >>> session.continue_run(epochs=5)
        """
        from .run_log.load import load_log

        return load_log(cls, _absolute(log_dir), model, data, session_options)

    # ---------------------------------------------------------------- what there is

    @property
    def controls(self) -> Mapping[str, ControlSpec]:
        """What can be set, by name, in the order to show it."""
        return self._settings.specs

    @property
    def settings(self) -> Hyperparameters:
        """What the next run starts with unless told otherwise; follows ``set``."""
        return self._settings.now

    @property
    def defaults(self) -> Hyperparameters:
        """What the settings were at first: those of your own compiled model."""
        return self._settings.defaults

    @property
    def findings(self) -> Diagnosis:
        """What settings, model and data tell before any training, root causes first; a run has findings of its own."""
        return self._static.of(self._settings.now)

    @property
    def active(self) -> Run | None:
        """The run that is waiting, running or paused."""
        return self._launcher.active

    @property
    def training(self) -> bool:
        """Whether a run is waiting, running or paused, or anything else goes on, such as a range test."""
        return self._launcher.busy

    @property
    def can_train(self) -> bool:
        """Whether there is a model and data: always, until it is closed."""
        return not self._closed

    @property
    def checkpoints(self) -> CheckpointStore:
        """The checkpoints kept, one an epoch; set ``checkpoints.budget`` to how many bytes may stay in memory."""
        return self._checkpoints

    @property
    def log_dir(self) -> Path | None:
        """Where runs are written as they go; None when they are not."""
        return self._log.folder if self._log is not None else None

    @property
    def notices(self) -> tuple[Text, ...]:
        """Things worth knowing about model and data before the first run, such as NaN in the inputs."""
        return self._notices

    @property
    def log_notices(self) -> tuple[Text, ...]:
        """What is wrong with ``log_dir``: runs of it that could not be read, runs that could not be written."""
        return self._log.notices if self._log is not None else ()

    @property
    def loop_reason(self) -> Text | None:
        """Which loop trains, and why, in a sentence; None before the first run."""
        return self._runner.loop_reason

    # ---------------------------------------------------------------- what can be done

    def set(self, name: str, value: Any) -> None:
        """Set one hyperparameter: for the next run, and, where its effect allows, for the one that is training.

        Raises:
            HyperparameterError: If there is no such hyperparameter or the value is refused.
        """
        self._choose(self._settings.checked({name: self._settings.completed(name, value)}), now=True)

    def start(self, **hyperparameters: Any) -> Run:
        """Start a run in the background and return at once.

        Args:
            **hyperparameters: What differs from ``settings`` in this run: ``epochs``, ``learning_rate``,
                ``batch_size``, ``optimizer`` (a name, also with settings of its own, ``"adam(beta_1=0.8)"``, or a
                Keras optimizer), ``dropout`` (a number or a dict by layer), ``seed``, ``shuffle``, ``start`` ("same" as
                the run before, "new" from a new seed, or the "model"'s own weights), ``weights_seed``, ``order_seed``
                and ``dropout_seed`` (None: ``seed`` governs them), ``l2``, ``clipnorm`` and
                ``early_stopping`` (a number, or None as built),
                ``class_weight`` ("none", "own", "balanced"), ``schedule`` (a name such as "cosine", also with
                parameters, ``"cosine(warmup_epochs=2)"``; a function of the epoch, or of ``step``; or a Keras
                ``LearningRateSchedule``), ``monitor``, ``min_delta`` and ``restore_best`` for early stopping, and
                ``hand_over`` (the optimizer to go on with, ``"sgd(epoch=10, learning_rate=0.01)"``, or None).

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run of this session is going on.
        """
        given = self._settings.checked(hyperparameters)
        with self._launcher.lock:
            self._refuse_if_busy()
            self._refuse_unplannable({**self._settings.now, **given})
            run = self._maker.fresh(self._values_with(given))
            self._launcher.launch(single(run, run.hyperparameters["epochs"]))
            return run

    def run(self, **hyperparameters: Any) -> Run:
        """Start a run, wait for its end and return it; arguments as for ``start``.

        Raises:
            RunError: If training failed; the cause is chained to it.
        """
        run = self.start(**hyperparameters)
        self.wait()
        return raise_if_failed(run)

    def continue_run(self, epochs: int | None = None, run: Run | int | None = None) -> Run:
        """Train a run for more epochs from exactly where it stands, in the background; return at once.

        Settings changed with ``set`` since the last run started act, where their effect is not "run". A stream of
        batches, which cannot be entered in the middle, begins its unfinished epoch anew.

        Args:
            epochs: How many more; None for ``settings.epochs``.
            run: Which; None for the last one.

        Raises:
            RunError: If there is no run to continue, or it has no trained weights.
            SessionBusyError: If a run is going on.
        """
        more = self._settings.checked({"epochs": self._settings.now["epochs"] if epochs is None else epochs})["epochs"]
        with self._launcher.lock:
            self._refuse_if_busy()
            last = self._last
            chosen = last if run is None else self._book.own(run)
            if chosen is None or chosen.end is None:
                raise RunError(_NOTHING_TO_CONTINUE)
            moved = tuple(self._launcher.moved.values()) if chosen is last else ()
            self._launcher.launch(single(chosen, chosen.end.epoch + more), first=moved)
            return chosen

    def branch(self, run: Run | int, epoch: int, epochs: int | None = None, **hyperparameters: Any) -> Run:
        """Start a run that goes on from ``run`` exactly as it stood after ``epoch`` epochs; return at once.

        Weights, optimizer state, random layers and batch order are those of that moment. Its history begins with that
        of ``run``; what differs is noted as a change at the branching.

        Args:
            run: A run of this session, or its number.
            epoch: One of ``run.kept_epochs``.
            epochs: How many more; None for ``settings.epochs``.
            **hyperparameters: What to change there, as for ``start``; not ``start`` itself.

        Raises:
            RunError: If that epoch is not kept.
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run is going on.
        """
        given = self._settings.checked(
            {**hyperparameters, "epochs": self._settings.now["epochs"] if epochs is None else epochs}
        )
        if "start" in given:
            raise HyperparameterError(_BRANCH_START.filled(value=given["start"]))
        with self._launcher.lock:
            self._refuse_if_busy()
            branched = self._maker.branch(self._book.own(run), epoch, given)
            self._launcher.launch(single(branched, epoch + given["epochs"]))
            return branched

    def use_settings(self, run: Run | int) -> None:
        """Make the settings those of ``run``, and its start the one that the "same" start means.

        The next run then repeats it exactly. A run that is training takes no notice.

        Raises:
            RunError: If it is no run of this session.
        """
        chosen = self._book.own(run)
        values = {name: value for name, value in chosen.hyperparameters.items() if name in self.controls}
        with self._launcher.lock:
            if not self.training:
                self._runner.start_like(chosen)
            self._choose(self._settings.checked({**values, "start": "same"}), now=False)

    def pause(self) -> None:
        """Hold training after the current chunk of steps; nothing happens when none is running."""
        self._launcher.commands.put(Pause())

    def resume(self) -> None:
        """Go on after ``pause``."""
        self._launcher.commands.put(Resume())

    def stop(self) -> None:
        """End the run after the current chunk of steps, keeping what it learned; returns at once."""
        self._launcher.commands.put(Stop())

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no run is going on.

        Args:
            timeout: Most seconds to wait; None for as long as it takes.

        Returns:
            Whether training has ended. An interrupt (Ctrl-C, Jupyter's stop button) stops the run.
        """
        try:
            return self._launcher.idle.wait(timeout)
        except KeyboardInterrupt:
            self.stop()
            self._launcher.idle.wait()
            raise

    def adopt(self, run: Run | int) -> None:
        """Copy a run's trained weights into your own model, which is otherwise never changed.

        Raises:
            RunError: If the run has no trained weights.
            ModelError: If you gave a ``build()`` function or a model without weights yet, or the run trained with
                another input or output than your model has; use ``run.model``.
        """
        model, own = self._template.model, self._book.own(run)
        if model is None or not model.built:
            raise ModelError("There is no built model of yours to copy into. Use run.model, the trained copy.")
        refuse_to_adopt(self._runner.structure_of(own), own.number)
        set_weights(model, own.weights)

    def close(self) -> None:
        """Stop any training, wait for its thread to end and let go of the warm models' memory."""
        self.stop()
        self.wait()
        self._launcher.join()
        self._closed = True
        self._runner.close()
        self._checkpoints.close()
        if self._log is not None:
            self._log.close()

    # ---------------------------------------------------------------- how it is done

    def _attach(self, folder: Path, source: SessionSource) -> RunLog:
        return attach(
            folder,
            model=self._template.example,
            defaults=self.defaults,
            events=self.events,
            book=self._book,
            sweeps=self._sweeps,
            checkpoints=self._checkpoints,
            source=source,
            check_settings=self._settings.checked,
            shapes_of=self._runner.shapes_of,
        )

    @property
    def _last(self) -> Run | None:
        """The last run that is a person's own."""
        return next((run for run in reversed(self.runs) if run.is_own), None)

    def _start_like_the_last(self) -> None:
        """Let the "same" start be that of the run before, which may be one of the log."""
        before = [run for run in self._book.runs if run.parent is None and run.is_own and run.start_id]
        if before:
            with suppress(RunError):  # its weights are damaged, or of another model
                self._runner.start_like(before[-1])

    def _choose(self, checked: dict[str, Any], *, now: bool) -> None:
        """Take settings over; ``now``, also for the run that is training."""
        with self._launcher.lock:
            self._settings.now = self._settings.now.replace(**checked)
            for name, value in checked.items() if now else ():
                effect = self._settings.effect(name, checked)
                if effect != "run":
                    self._launcher.move(SetHyperparameter(name, value, effect))
        for name, value in checked.items():
            self.events.publish(SettingChosen(self._book.next_number - 1, name=name, value=value))

    def _refuse_if_busy(self) -> None:
        if self._closed:
            raise SessionBusyError(_CLOSED)
        self._launcher.refuse_if_busy()

    def _values_with(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of a new run; one that wants new weights gets a seed that the last run had not."""
        values = {**self._settings.now, **given}
        drawn = values["start"] == "new" and values["weights_seed"] is None
        if drawn and "seed" not in given and self._last is not None:
            values["seed"] += values["seed"] == self._last.hyperparameters["seed"]
            self.set("seed", values["seed"])
        return values

    def _train(self, run: Run, epochs: int, commands: CommandQueue) -> RunStatus:
        try:
            with self._runner.reproducibly():
                status = self._runner.train(run, epochs, commands)
                if run.proof is not None:
                    run.scores = self._runner.scores()
            return status
        finally:
            self._book.let_go_of_oldest(memory_limit())

    def _publish(self, event: Event) -> None:
        self._book.find(event.run).take_down(event)
        self.events.publish(event)


def _absolute(folder: str | Path) -> Path:
    """Return a folder that stays the same when the working directory changes."""
    return Path(folder).expanduser().absolute()
