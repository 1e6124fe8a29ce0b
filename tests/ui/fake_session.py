"""A session without Keras: plays a scripted run on a thread of its own, or whatever a test tells it to."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from kerastune_widget.core.diagnosis import Diagnosis, Fix
from kerastune_widget.core.environment import Environment
from kerastune_widget.core.events import (
    EpochEnded,
    Event,
    EventBus,
    RangeTestEnded,
    RangeTestMoved,
    RangeTestStarted,
    RunDeleted,
    RunEnded,
    RunLabelled,
    RunPaused,
    RunRequested,
    RunRestored,
    RunResumed,
    RunStarted,
    SettingChanged,
)
from kerastune_widget.core.hyperparameters import Hyperparameters, check_hyperparameters
from kerastune_widget.core.promises import promises
from kerastune_widget.core.schedule import PlannedRates
from kerastune_widget.core.text import Text
from kerastune_widget.core.training import Parent, ProofPart
from kerastune_widget.errors import RunError, SessionBusyError
from tests.ui.fake_audit import FakeAudits
from tests.ui.fake_controls import CONTROLS
from tests.ui.fake_range_test import FakeRangeTest
from tests.ui.fake_repeats import FakeRepeats
from tests.ui.fake_run import (
    DOCUMENTATION,
    HEALTHY,
    OVERFITTING,
    FakeCheckpoints,
    FakeProof,
    FakeRace,
    FakeRun,
    FakeSweep,
    healthy,
    overfitting,
    planned,
    steps_ended,
)

__all__ = [
    "CONTROLS",
    "DOCUMENTATION",
    "HEALTHY",
    "OVERFITTING",
    "REASON",
    "STEPS_PER_EPOCH",
    "FakeCheckpoints",
    "FakeProof",
    "FakeRace",
    "FakeRangeTest",
    "FakeRun",
    "FakeSession",
    "FakeSweep",
    "healthy",
    "overfitting",
    "steps_ended",
]

STEPS_PER_EPOCH = 47
REASON = Text(en="Inside TensorFlow's graph: the data fit in memory.", zh="在 TensorFlow 图内训练：数据可放入内存。")


class FakeSession(FakeRepeats, FakeAudits):
    """Implements ``SessionLike``. ``pace`` is seconds a chunk; ``emit`` plays single events by hand."""

    def __init__(self, pace: float = 0.002, chunk: int = 10, notices: Sequence[Text] = (), script: bool = True) -> None:
        self.events = EventBus()
        self.controls = {spec.name: spec for spec in CONTROLS}
        self.settings = self.defaults = Hyperparameters({spec.name: spec.default for spec in CONTROLS})
        self.sweeps: list[FakeSweep] = []
        self.proofs: list[FakeProof] = []
        self.range_tests: list[FakeRangeTest] = []
        self.races: list[FakeRace] = []
        self.audits = []
        self.no_repeats()
        self.environment = Environment(python="3.12.1", keras="3.13.0", backend="tensorflow")
        self.promises = promises(self.environment)
        self.strict_costs: list[Any] = []
        self.findings = Diagnosis()
        self.checkpoints = FakeCheckpoints()
        self.can_train, self.log_dir = True, None
        self.notices = notices
        self.log_notices: Sequence[Text] = ()
        self.calls: list[tuple[Any, ...]] = []
        self.closed = False
        self.fail_with = ""
        self._all: list[FakeRun] = []
        self._deleted: list[FakeRun] = []
        self._pace, self._chunk, self._script = pace, chunk, script
        self._going, self._stopping = threading.Event(), threading.Event()
        self._pending: list[tuple[str, Any, Any]] = []
        self._thread: threading.Thread | None = None

    @property
    def runs(self) -> list[FakeRun]:
        return [run for run in self._all if run not in self._deleted]

    @property
    def active(self) -> FakeRun | None:
        return next((run for run in self._all if run.status in ("waiting", "running", "paused")), None)

    @property
    def training(self) -> bool:
        testing = any(not test.ended for test in self.range_tests)
        measuring = any(not cost.ended for cost in self.strict_costs)
        return self.active is not None or testing or measuring or self.repeating or self.auditing

    def requirements(self) -> str:
        return "keras==3.13.0"

    def start_strict_cost(self) -> Any:
        self.calls.append(("start_strict_cost",))
        self.strict_costs.append(SimpleNamespace(ended=False, result=None, error=None))

    def find(self, number: int) -> FakeRun:
        for run in self._all:
            if run.number == number:
                return run
        raise RunError(f"There is no run {number}.")

    def set(self, name: str, value: Any) -> None:
        value = self.controls[name].check(value)
        self.calls.append(("set", name, value))
        old = self.settings[name]
        self.settings = self.settings.replace(**{name: value})
        self.events.publish(Event(len(self._all)))
        if self.training and self.controls[name].effect != "run":
            self._pending.append((name, old, value))

    def start(self, **hyperparameters: Any) -> FakeRun:
        self.calls.append(("start",))
        run = self._new(self.settings.replace(**check_hyperparameters(hyperparameters, self.controls)))
        self._play(run, 0, run.hyperparameters.epochs)
        return run

    def run(self, **hyperparameters: Any) -> FakeRun:
        run = self.start(**hyperparameters)
        self.wait()
        return run

    def continue_run(self, epochs: int | None = None, run: Any = None) -> FakeRun:
        self.calls.append(("continue_run",) if run is None else ("continue_run", self._number(run)))
        self._refuse_if_busy()
        chosen = self.runs[-1] if run is None else self.find(self._number(run))
        if not chosen.has_weights:
            raise RunError(f"Run {chosen.number} has no weights.")
        self.events.publish(RunRequested(chosen.number))
        self._play(chosen, chosen.epochs, chosen.epochs + (epochs or 5))
        return chosen

    def branch(self, run: Any, epoch: int, epochs: int | None = None, **hyperparameters: Any) -> FakeRun:
        parent = self.find(self._number(run))
        self.calls.append(("branch", parent.number, epoch, epochs, hyperparameters))
        if epoch not in parent.kept_epochs:
            raise RunError(f"Run {parent.number} has no checkpoint after epoch {epoch}.")
        settings = parent.hyperparameters.replace(**check_hyperparameters(hyperparameters, self.controls))
        child = self._new(settings, parent=Parent(parent.number, epoch), taken_over=parent.taken_over(epoch))
        self._play(child, epoch, epoch + (epochs or settings.epochs))
        return child

    def start_sweep(self, name: str, values: Sequence[Any], **hyperparameters: Any) -> FakeSweep:
        checked = [self.controls[name].check(value) for value in values]
        self.calls.append(("start_sweep", name, checked))
        self._refuse_if_busy()
        sweep = FakeSweep(len(self.sweeps) + 1, name, checked)
        self.sweeps.append(sweep)
        if self._script:
            self._begin(self._train_sweep, sweep, hyperparameters)
        return sweep

    def start_proof(self, fix: Fix, run: Any = None, *, seeds: int = 3, epochs: int | None = None) -> FakeProof:
        number = None if run is None else self._number(run)
        self.calls.append(("start_proof", fix.control, fix.value, number))
        self._refuse_if_busy()
        settings = self.settings if run is None else self.find(self._number(run)).hyperparameters
        proof = FakeProof(len(self.proofs) + 1, fix, number, settings[fix.control], seeds)
        self.proofs.append(proof)
        return proof

    def start_range_test(self, **options: Any) -> FakeRangeTest:
        self.calls.append(("start_range_test", options))
        self._refuse_if_busy()
        test = FakeRangeTest(
            len(self.range_tests) + 1,
            tuple(options.get("optimizers") or [self.settings["optimizer"]]),
            tuple(options.get("batch_sizes") or [self.settings["batch_size"]]),
            int(options.get("repeats", 3)),
            (options.get("low", 1e-6), options.get("high", 10.0)),
        )
        self.range_tests.append(test)
        self.events.publish(RangeTestStarted(0, test.number))
        if self._script:
            self._begin(self._play_range_test, test)
        return test

    def grow_range_test(self, points: int = 10) -> None:
        """Let the newest range test take so many steps."""
        self.range_tests[-1].grow(points)
        self.events.publish(RangeTestMoved(0, self.range_tests[-1].number))

    def end_range_test(self, **outcome: Any) -> None:
        """Let the newest range test end, as it is or with another outcome."""
        self.range_tests[-1].end(**outcome)
        self.events.publish(RangeTestEnded(0, self.range_tests[-1].number))

    def _play_range_test(self, test: FakeRangeTest) -> None:
        while not self._stopping.is_set() and not test.complete:
            time.sleep(self._pace)
            self.grow_range_test(self._chunk)
        self.end_range_test(stopped=self._stopping.is_set())

    def begin_proof_run(self, fixed: bool) -> FakeRun:
        """Start the next run of the newest proof; like ``begin``, it plays nothing by itself."""
        proof = self.proofs[-1]
        proof.runs.append(len(self._all) + 1)
        return self.begin(5, proof=ProofPart(proof.number, fixed, (len(proof.runs) - 1) // 2))

    def start_race(self, optimizers: Sequence[str] | None = None, **options: Any) -> FakeRace:
        chosen = [self.controls["optimizer"].check(name) for name in optimizers or ("adam", "sgd")]
        self.calls.append(("start_race", chosen, options))
        self._refuse_if_busy()
        race = FakeRace(len(self.races) + 1, chosen, tuned=options.get("rates", "tuned") == "tuned")
        self.races.append(race)
        return race

    def planned_rates(self, **hyperparameters: Any) -> PlannedRates | None:
        settings = self.settings.replace(**hyperparameters)
        return planned(settings, STEPS_PER_EPOCH)

    def label(self, run: Any, *, name: str | None = None, note: str | None = None, pinned: bool | None = None) -> None:
        found = self.find(self._number(run))
        given = {"name": name, "note": note, "pinned": pinned}
        for attribute, value in given.items():
            if value is not None:
                setattr(found, attribute, value)
        self.events.publish(RunLabelled(found.number))

    def delete(self, run: Any) -> None:
        found = self.find(self._number(run))
        if found is self.active:
            raise SessionBusyError(Text(en="The run is training; press Stop first.", zh="该运行正在训练；请先停止。"))
        self._deleted.append(found)
        self.events.publish(RunDeleted(found.number))

    def undo_delete(self) -> FakeRun | None:
        if not self._deleted:
            return None
        run = self._deleted.pop()
        self.events.publish(RunRestored(run.number))
        return run

    def use_settings(self, run: Any) -> None:
        for name, value in self.find(self._number(run)).hyperparameters.items():
            if self.settings[name] != value:
                self.set(name, value)

    def adopt(self, run: Any) -> None:
        self.calls.append(("adopt", self._number(run)))
        if not self.find(self._number(run)).has_weights:
            raise RunError(f"Run {self._number(run)} has no weights.")

    def pause(self) -> None:
        self.calls.append(("pause",))
        self._going.clear()

    def resume(self) -> None:
        self.calls.append(("resume",))
        self._going.set()

    def stop(self) -> None:
        self.calls.append(("stop",))
        self._stopping.set()
        self._going.set()

    def close(self) -> None:
        self.closed = True
        self.stop()
        self.wait()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join(20)

    def emit(self, event: Event) -> None:
        """Record an event and tell the world, as the engine does."""
        self.find(event.run).take_down(event)
        self.events.publish(event)

    def begin(self, epochs: int = 10, **attributes: Any) -> FakeRun:
        """Start a run that plays nothing by itself."""
        run = FakeRun(len(self._all) + 1, self.settings, **attributes)
        self._all.append(run)
        self.emit(RunStarted(run.number, dict(self.settings), STEPS_PER_EPOCH, 0, epochs, "graph", REASON))
        return run

    def finish(self, epochs: int = 5, low: float = 0.3, **attributes: Any) -> FakeRun:
        """Add a run that ended, its validation loss falling to ``low``."""
        run = self.begin(epochs, **attributes)
        for epoch in range(run.epochs, run.epochs + epochs):
            first = epoch * STEPS_PER_EPOCH
            self.emit(steps_ended(run.number, first, STEPS_PER_EPOCH, epoch))
            loss = low + 2 * math.exp(-epoch / 2)
            logs = {"loss": loss, "accuracy": 1 - loss / 3, "val_loss": loss, "val_accuracy": 1 - loss / 3}
            self.emit(EpochEnded(run.number, epoch=epoch, last_step=first + STEPS_PER_EPOCH, logs=logs))
        self.emit(RunEnded(run.number, status="finished", seconds=1.5))
        return run

    @staticmethod
    def _number(run: Any) -> int:
        return int(getattr(run, "number", run))

    def _refuse_if_busy(self) -> None:
        if self.training:
            raise SessionBusyError("Training already.")

    def _new(self, settings: Hyperparameters, **attributes: Any) -> FakeRun:
        self._refuse_if_busy()
        run = FakeRun(len(self._all) + 1, settings, **attributes)
        self._all.append(run)
        self.events.publish(RunRequested(run.number))
        return run

    def _play(self, run: FakeRun, first: int, epochs: int) -> None:
        if self._script:
            self._begin(self._train, run, first, epochs)

    def _begin(self, work: Any, *arguments: Any) -> None:
        self._going.set()
        self._stopping.clear()
        self._thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._thread.start()

    def _train_sweep(self, sweep: FakeSweep, hyperparameters: dict[str, Any]) -> None:
        for value in sweep.values:
            if not self._stopping.is_set():
                settings = self.settings.replace(**{**hyperparameters, sweep.name: value})
                run = self._new(settings, sweep=sweep.number)
                sweep.runs.append(run.number)
                self._train(run, 0, settings.epochs)
        sweep.ended = True

    def _train(self, run: FakeRun, first: int, epochs: int) -> None:
        began = time.monotonic()
        self.emit(RunStarted(run.number, dict(run.hyperparameters), STEPS_PER_EPOCH, first, epochs, "graph", REASON))
        for epoch in range(first, epochs):
            if self.fail_with:
                self.emit(RunEnded(run.number, status="failed", error=self.fail_with, traceback=_TRACEBACK))
                return
            if not self._train_epoch(run, epoch):
                self.emit(RunEnded(run.number, status="stopped", seconds=time.monotonic() - began))
                return
        self.emit(RunEnded(run.number, status="finished", seconds=time.monotonic() - began))

    def _train_epoch(self, run: FakeRun, epoch: int) -> bool:
        step = epoch * STEPS_PER_EPOCH
        for start in range(step, step + STEPS_PER_EPOCH, self._chunk):
            if not self._obey(run, start):
                return False
            self.emit(steps_ended(run.number, start, min(self._chunk, step + STEPS_PER_EPOCH - start), epoch))
        logs = {"loss": 1.8 * math.exp(-epoch / 4), "accuracy": 1 - 0.8 * math.exp(-epoch / 3)}
        logs |= {
            "val_loss": 1.7 * math.exp(-epoch / 4) + 0.02 * epoch,
            "val_accuracy": 0.95 - 0.8 * math.exp(-epoch / 3),
        }
        logs |= {"top_k": 1.0, "val_top_k": 0.99}
        run.findings = [overfitting(0.2 + epoch / 20, (2, epoch))] if epoch > 3 else [healthy((0, epoch))]
        self.emit(EpochEnded(run.number, epoch=epoch, last_step=step + STEPS_PER_EPOCH, logs=logs))
        return True

    def _obey(self, run: FakeRun, step: int) -> bool:
        time.sleep(self._pace)
        if not self._going.is_set():
            self.emit(RunPaused(run.number))
            self._going.wait()
            if not self._stopping.is_set():
                self.emit(RunResumed(run.number))
        pending, self._pending = self._pending, []
        for name, (_, old, new) in {change[0]: change for change in pending}.items():
            self.emit(SettingChanged(run.number, step=step, name=name, old=old, new=new))
        return not self._stopping.is_set()


_TRACEBACK = """Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
ValueError: <script>alert("no")</script>"""
