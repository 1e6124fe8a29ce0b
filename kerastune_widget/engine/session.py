"""Session: a model template, a data set and the runs made of them; the headless heart of the widget."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from threading import Event as Flag
from threading import RLock, Thread, current_thread
from typing import Any

import keras

from ..core.control import ControlSpec
from ..core.discover import discover
from ..core.events import Event, EventBus, RunEnded, RunQueued, RunRequested, RunStatus, SettingChosen
from ..core.hyperparameters import Hyperparameters, check_hyperparameters
from ..core.text import Text
from ..errors import KerasTuneError, ModelError, RunError, SessionBusyError
from . import controls as control_folder
from .arena import training_turn
from .building import set_weights
from .commands import CommandQueue, Pause, Resume, SetHyperparameter, Stop
from .controls._base import Control, Subject
from .facts import gather_facts
from .failure import one_line
from .optimizers import OptimizerShelf, own_recipe
from .prepare import prepare_dataset
from .run import Run
from .runner import Runner, forget_oldest
from .template import ModelTemplate
from .warm_models import LoopChoice, WarmModels

_LAST = ("finished", "stopped", "diverged")

_NOTHING_TO_CONTINUE = Text(
    en="There is no run to continue: the last one failed or none was started. Start one first.",
    zh="没有可以继续的运行：上一次运行失败了，或者还没有运行过。请先开始一次运行。",
)
_CLOSED = Text(en="This session is closed. Make a new one.", zh="这个会话已经关闭，请新建一个。")
_BUSY = Text(
    en="Run {number} is {status}. Wait for it (session.wait()) or stop it (session.stop()) before starting another.",
    zh="第 {number} 次运行尚未结束。请等它结束（session.wait()）或将它停止（session.stop()），再开始下一次运行。",
)


class Session:
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
        loop: "auto" (default) takes the graph loop where it can; "graph" insists; "keras" trains with ``fit``.

    Raises:
        ModelError: If the model is not compiled or cannot be copied.
        DataError: If the data are empty, of unequal lengths, no numbers, or do not fit the model.

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
    ) -> None:
        self._template = ModelTemplate(model, seed)
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
        self._subject = Subject(self._template, dataset, self._shelf, seed)
        parts = discover(control_folder, "CONTROL", Control).values()
        self._controls = {part.name: part for part in sorted(parts, key=lambda part: part.order)}
        self._specs = {name: part.specify(self._subject) for name, part in self._controls.items()}
        self._settings = Hyperparameters({name: spec.default for name, spec in self._specs.items()})
        self._facts = gather_facts(self._template, dataset)
        self._lock = RLock()
        self._runs: list[Run] = []
        self._active: Run | None = None
        self._thread: Thread | None = None
        self._policy = keras.config.dtype_policy()
        self._commands = CommandQueue()
        self._moved: dict[str, SetHyperparameter] = {}
        warm = WarmModels(self._template, self._shelf, dataset, seed, loop)
        self._runner: Runner | None = Runner(self._template, self._shelf, warm, self._controls, self._publish)
        self.events = EventBus()

    # ---------------------------------------------------------------- what there is

    @property
    def controls(self) -> Mapping[str, ControlSpec]:
        """What can be set, by name, in the order to show it."""
        return self._specs

    @property
    def settings(self) -> Hyperparameters:
        """What the next run starts with unless told otherwise; follows ``set``."""
        return self._settings

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs so far, oldest first."""
        return tuple(self._runs)

    @property
    def training(self) -> bool:
        """Whether a run is waiting, running or paused."""
        return self._active is not None

    @property
    def notices(self) -> tuple[Text, ...]:
        """Things worth knowing about model and data before the first run, such as NaN in the inputs."""
        return self._subject.dataset.notices

    @property
    def loop_reason(self) -> Text | None:
        """Which loop trains, and why, in a sentence; None before the first run."""
        return self._runner.loop_reason if self._runner else None

    # ---------------------------------------------------------------- what can be done

    def set(self, name: str, value: Any) -> None:
        """Set one hyperparameter: for the next run, and, where its effect allows, for the one that is training.

        Raises:
            HyperparameterError: If there is no such hyperparameter or the value is refused.
        """
        checked = self._checked({name: self._completed(name, value)})
        with self._lock:
            self._settings = self._settings.replace(**checked)
            for key, new in checked.items():
                effect = "epoch" if "optimizer" in checked else self._specs[key].effect  # its rate comes with it
                if effect != "run":
                    self._moved[key] = SetHyperparameter(key, new, effect)
                    self._commands.put(self._moved[key])
        for key, new in checked.items():
            self.events.publish(SettingChosen(len(self._runs), name=key, value=new))

    def start(self, **hyperparameters: Any) -> Run:
        """Start a run in the background and return at once.

        Args:
            **hyperparameters: What differs from ``settings`` in this run: ``epochs``, ``learning_rate``,
                ``batch_size``, ``optimizer`` (a name or a Keras optimizer), ``dropout`` (a number or a dict by
                layer), ``seed``, ``shuffle``, ``start`` ("same" as the run before, "new" from a new seed, or the
                "model"'s own weights).

        Raises:
            HyperparameterError: For an unknown name or a refused value.
            SessionBusyError: If a run of this session is going on.
        """
        given = self._checked(hyperparameters)
        with self._lock:
            self._refuse_if_busy()
            assert self._runner is not None
            values = {**self._settings, **given}
            if values["start"] == "new" and "seed" not in given and self._runs:
                values["seed"] += values["seed"] == self._runs[-1].hyperparameters["seed"]
                self.set("seed", values["seed"])
            run = Run(len(self._runs) + 1, Hyperparameters(values), self._facts, self._runner.rebuild)
            self._runs.append(run)
            self._launch(run, values["epochs"])
        return run

    def run(self, **hyperparameters: Any) -> Run:
        """Start a run, wait for its end and return it; arguments as for ``start``.

        Raises:
            RunError: If training failed; the cause is chained to it.
        """
        run = self.start(**hyperparameters)
        self.wait()
        if isinstance(run.exception, KerasTuneError):
            raise run.exception
        if run.exception is not None:
            raise RunError(f"Run {run.number} failed: {run.error}") from run.exception
        return run

    def continue_run(self, epochs: int | None = None) -> Run:
        """Train the last run for more epochs from exactly where it stands, in the background; return at once.

        Settings changed with ``set`` since it started act, where their effect is not "run". A stream of batches, which
        cannot be entered in the middle, begins its unfinished epoch anew.

        Args:
            epochs: How many more; None for ``settings.epochs``.

        Raises:
            RunError: If there is no run to continue, or the last one failed.
            SessionBusyError: If a run is going on.
        """
        more = self._checked({"epochs": self._settings["epochs"] if epochs is None else epochs})["epochs"]
        with self._lock:
            self._refuse_if_busy()
            run = self._runs[-1] if self._runs else None
            if run is None or run.status not in _LAST or run.final_state is None:
                raise RunError(_NOTHING_TO_CONTINUE)
            moved = dict(self._moved)
            self._launch(run, run.epochs + more)
            self._moved.update(moved)
            for command in moved.values():
                self._commands.put(command)
        return run

    def pause(self) -> None:
        """Hold training after the current chunk of steps; nothing happens when none is running."""
        self._commands.put(Pause())

    def resume(self) -> None:
        """Go on after ``pause``."""
        self._commands.put(Resume())

    def stop(self) -> None:
        """End the run after the current chunk of steps, keeping what it learned; returns at once."""
        self._commands.put(Stop())

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no run is going on.

        Args:
            timeout: Most seconds to wait; None for as long as it takes.

        Returns:
            Whether training has ended. An interrupt (Ctrl-C, Jupyter's stop button) stops the run.
        """
        run = self._runs[-1] if self._runs else None
        if run is None:
            return True
        try:
            return run.ended.wait(timeout)
        except KeyboardInterrupt:
            self.stop()
            run.ended.wait()
            raise

    def adopt(self, run: Run) -> None:
        """Copy a run's trained weights into your own model, which is otherwise never changed.

        Raises:
            RunError: If the run has no trained weights.
            ModelError: If you gave a ``build()`` function or a model without weights yet; use ``run.model``.
        """
        model = self._template.model
        if model is None or not model.built:
            raise ModelError("There is no built model of yours to copy into. Use run.model, the trained copy.")
        if run not in self._runs:
            raise RunError("The run is of another session. Copy with model.set_weights(run.weights) if it fits.")
        set_weights(model, run.weights)

    def close(self) -> None:
        """Stop any training, wait for its thread to end and let go of the warm models' memory."""
        self.stop()
        self.wait()
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join()
        if self._runner is not None:
            self._runner.close()
        self._runner = None

    # ---------------------------------------------------------------- how it is done

    def _completed(self, name: str, value: Any) -> Any:
        """Take the parts that a dict leaves out from the present setting."""
        parts = self._specs[name].parts if name in self._specs else ()
        if not isinstance(value, dict) or not parts:
            return value
        present = self._settings[name]
        return {**(present if isinstance(present, dict) else dict.fromkeys(parts, present)), **value}

    def _checked(self, given: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(given)
        if isinstance(given.get("optimizer"), keras.optimizers.Optimizer):
            given = {"learning_rate": own_recipe(given["optimizer"]).base_rate, **given}
            given["optimizer"] = self._shelf.add(given["optimizer"]).name
            self._specs["optimizer"] = self._controls["optimizer"].specify(self._subject)
        return check_hyperparameters(given, self._specs)

    def _refuse_if_busy(self) -> None:
        if self._runner is None:
            raise SessionBusyError(_CLOSED)
        if self._active is not None:
            raise SessionBusyError(_BUSY.filled(number=self._active.number, status=self._active.status))

    def _launch(self, run: Run, epochs: int) -> None:
        self._active, done = run, Flag()
        run.ended = done
        self._commands.take()
        self._moved.clear()
        self._publish(RunRequested(run.number))
        self._thread = Thread(
            target=self._work, args=(run, epochs, done), name=f"kerastune-run-{run.number}", daemon=True
        )
        self._thread.start()

    def _work(self, run: Run, epochs: int, done: Flag) -> None:
        status: RunStatus = "stopped"
        error = report = ""
        try:
            keras.config.set_dtype_policy(self._policy)  # Keras's settings are local to a thread
            waiting = RunQueued(run.number)
            with training_turn(lambda: self._publish(waiting), lambda: self._commands.holds(Stop)) as mine:
                if mine:
                    status = self._train(run, epochs)
        except BaseException as exception:  # whatever a user's train_step raises, the session stays usable
            run.exception, status, report = exception, "failed", traceback.format_exc()
            error = one_line(exception)
        with self._lock:  # so that no other run begins before this one has said that it ended
            self._active = None
            self._publish(RunEnded(run.number, status=status, seconds=run.seconds, error=error, traceback=report))
            done.set()

    def _train(self, run: Run, epochs: int) -> RunStatus:
        assert self._runner is not None
        try:
            return self._runner.train(run, epochs, self._commands)
        finally:
            forget_oldest(self._runs)

    def _publish(self, event: Event) -> None:
        self._runs[event.run - 1].take_down(event)
        self.events.publish(event)
