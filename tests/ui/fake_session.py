"""A session without Keras: plays a scripted run on a thread of its own, or whatever a test tells it to."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kerastune_widget.core.control import Choice, ControlSpec
from kerastune_widget.core.diagnosis import Evidence, Finding, Fix, Rule
from kerastune_widget.core.events import (
    EpochEnded,
    Event,
    EventBus,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStatus,
    SettingChanged,
    StepsEnded,
)
from kerastune_widget.core.history import Change, History
from kerastune_widget.core.hyperparameters import Hyperparameters
from kerastune_widget.core.text import NO_TEXT, Text
from kerastune_widget.errors import SessionBusyError

STEPS_PER_EPOCH = 47
REASON = Text(en="Inside TensorFlow's graph: the data fit in memory.", zh="在 TensorFlow 图内训练：数据可放入内存。")


def _same(word: object) -> Text:
    return Text(en=str(word), zh=str(word))


CONTROLS = (
    ControlSpec(
        name="learning_rate",
        title=Text(en="Learning rate", zh="学习率"),
        kind="log_slider",
        default=0.001,
        minimum=1e-12,
        maximum=1e6,
        slider_range=(1e-6, 10.0),
        step=0.05,
        effect="step",
        help=Text(en="How far each step moves the weights.", zh="每一步移动权重的幅度。"),
    ),
    ControlSpec(
        name="batch_size",
        title=Text(en="Batch size", zh="批大小"),
        kind="choice",
        default=32,
        minimum=1,
        maximum=1500,
        choices=tuple(Choice(2**power, _same(2**power)) for power in range(11)),
        effect="epoch",
        help=Text(en="How many examples each step averages over.", zh="每一步平均多少个样本。"),
    ),
    ControlSpec(
        name="optimizer",
        title=Text(en="Optimizer", zh="优化器"),
        kind="choice",
        default="adam",
        choices=tuple(Choice(name.lower(), _same(name)) for name in ("Adam", "SGD", "RMSprop")),
        effect="epoch",
        help=Text(en="The rule that turns gradients into steps.", zh="把梯度变成更新步的规则。"),
    ),
    ControlSpec(
        name="dropout",
        title=Text(en="Dropout", zh="丢弃率"),
        kind="slider",
        default=0.2,
        minimum=0.0,
        maximum=0.95,
        step=0.05,
        effect="step",
        help=Text(en="Share of units silenced while training.", zh="训练时随机关闭的单元比例。"),
        parts=("dropout_1", "dropout_2"),
        part_defaults=(0.2, 0.2),
    ),
    ControlSpec(
        name="epochs",
        title=Text(en="Epochs", zh="训练轮数"),
        kind="integer",
        default=10,
        minimum=1,
        maximum=100_000,
        help=Text(en="How often a run goes through all training data.", zh="一次运行遍历全部训练数据的次数。"),
    ),
    ControlSpec(
        name="seed",
        title=Text(en="Seed", zh="随机种子"),
        kind="integer",
        default=0,
        minimum=0,
        maximum=2**31 - 1,
        help=Text(en="Fixes everything random in a run.", zh="固定一次运行中的所有随机性。"),
    ),
    ControlSpec(
        name="start",
        title=Text(en="Start from", zh="起始权重"),
        kind="choice",
        default="same",
        choices=(
            Choice("same", Text(en="same as the run before", zh="与上次运行相同")),
            Choice("new", Text(en="new weights from the seed", zh="按种子重新抽取")),
        ),
        help=Text(en="Which weights a run begins with.", zh="一次运行从哪些权重开始。"),
    ),
    ControlSpec(
        name="shuffle",
        title=Text(en="Shuffle each epoch", zh="每轮打乱顺序"),
        kind="toggle",
        default=True,
        effect="epoch",
        help=Text(en="Visit the rows in a new order each epoch.", zh="每轮以新的顺序访问数据。"),
    ),
    ControlSpec(
        name="l2",
        title=Text(en="Weight penalty", zh="权重惩罚"),
        kind="slider",
        default=None,
        minimum=0.0,
        maximum=0.1,
        optional=True,
        help=Text(en="Tick to add a penalty on large weights.", zh="勾选后，对过大的权重加以惩罚。"),
    ),
    ControlSpec(
        name="momentum",
        title=Text(en="Momentum", zh="动量"),
        kind="slider",
        default=0.9,
        minimum=0.0,
        maximum=1.0,
        disabled=Text(en="Adam has no momentum to set.", zh="Adam 没有可设置的动量。"),
    ),
)


def _silent(history: History) -> Evidence | None:
    """Say nothing; findings are scripted."""
    return None


DOCUMENTATION = Text(
    en="""KT101 overfitting.

What it sees: validation loss rises,
    training loss falls.
Why it matters: the model memorises.
When it is wrong: a small validation set moves by chance.
Source: a test.
""",
    zh="""KT101 过拟合。

看到什么：验证损失上升，
    训练损失下降。
为什么重要：模型在死记样本。
何时会错：小的验证集会随机波动。
来源：测试。
""",
)
OVERFITTING = Rule(
    code="KT101",
    name="overfitting",
    title=Text(en="Overfitting", zh="过拟合"),
    severity="warning",
    message=Text(
        en="Validation loss rose from {best:.3f} to {last:.3f} while training loss fell.",
        zh="验证损失从 {best:.3f} 升到 {last:.3f}，而训练损失仍在下降。",
    ),
    advice=Text(
        en="Stop earlier, raise dropout, or lower the learning rate.",
        zh="提前停止、提高丢弃率，或降低学习率。",
    ),
    check=_silent,
    documentation=DOCUMENTATION,
)
HEALTHY = Rule(
    code="KT110",
    name="healthy",
    title=Text(en="Healthy so far", zh="目前正常"),
    severity="good",
    message=Text(en="Both losses fall together.", zh="两条损失曲线同步下降。"),
    advice=Text(en="Go on.", zh="继续训练。"),
    check=_silent,
    documentation=NO_TEXT,
)


def overfitting(last: float, span: tuple[int, int] | None = (2, 3), rate: float = 1e-4) -> Finding:
    fix = Fix("learning_rate", rate, Text(en=f"Learning rate → {rate:g}", zh=f"学习率 → {rate:g}"))
    return Finding(OVERFITTING, Evidence({"best": 0.2, "last": last}, span=span, series=("val_loss",), fix=fix))


def healthy(span: tuple[int, int] | None = (0, 1)) -> Finding:
    return Finding(HEALTHY, Evidence(span=span))


class FakeRun:
    """One run that only remembers what it is told."""

    def __init__(self, number: int, hyperparameters: Hyperparameters) -> None:
        self.number = number
        self.hyperparameters = hyperparameters
        self.status: RunStatus = "waiting"
        self.findings: Sequence[Finding] = ()
        self.error = self.traceback = ""
        self._lock = threading.Lock()
        self._steps: dict[str, list[Any]] = {}
        self._rates: list[Any] = []
        self._history = History(hyperparameters=dict(hyperparameters), status="waiting", planned_epochs=1)

    def record(self) -> History:
        with self._lock:
            steps = {name: np.concatenate(parts) for name, parts in self._steps.items()}
            rates = np.concatenate(self._rates) if self._rates else np.empty(0)
            return replace(self._history, steps=steps, learning_rates=rates, status=self.status)

    def take_down(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, RunStarted):
                self.status = "running"
                self._history = replace(self._history, planned_epochs=event.epochs)
            elif isinstance(event, StepsEnded):
                self._rates.append(event.learning_rates)
                for name, values in event.values.items():
                    self._steps.setdefault(name, []).append(values)
            elif isinstance(event, EpochEnded):
                self._end_epoch(event)
            elif isinstance(event, SettingChanged):
                change = Change(event.step, self._history.epoch_count, event.name, event.old, event.new)
                self._history = replace(self._history, changes=[*self._history.changes, change])
            elif isinstance(event, RunPaused | RunResumed):
                self.status = "paused" if isinstance(event, RunPaused) else "running"
            elif isinstance(event, RunEnded):
                self.status, self.error, self.traceback = event.status, event.error, event.traceback

    def _end_epoch(self, event: EpochEnded) -> None:
        epochs = {name: [*self._history.epochs.get(name, ()), value] for name, value in event.logs.items()}
        ends = [*self._history.epoch_ends, event.last_step]
        self._history = replace(self._history, epochs=epochs, epoch_ends=ends)


class FakeSession:
    """Implements ``SessionLike``. ``pace`` is seconds a chunk; ``emit`` plays single events by hand."""

    def __init__(self, pace: float = 0.002, chunk: int = 10, notices: Sequence[Text] = (), script: bool = True) -> None:
        self.events = EventBus()
        self.controls = {spec.name: spec for spec in CONTROLS}
        self.settings = Hyperparameters({spec.name: spec.default for spec in CONTROLS})
        self.runs: list[FakeRun] = []
        self.notices = notices
        self.calls: list[tuple[Any, ...]] = []
        self.closed = False
        self.fail_with = ""
        self._pace, self._chunk, self._script = pace, chunk, script
        self._going, self._stopping = threading.Event(), threading.Event()
        self._pending: list[tuple[str, Any, Any]] = []
        self._thread: threading.Thread | None = None

    @property
    def training(self) -> bool:
        return bool(self.runs) and self.runs[-1].status in ("waiting", "running", "paused")

    def set(self, name: str, value: Any) -> None:
        value = self.controls[name].check(value)
        self.calls.append(("set", name, value))
        old = self.settings[name]
        self.settings = self.settings.replace(**{name: value})
        self.events.publish(Event(len(self.runs)))
        if self.training and self.controls[name].effect != "run":
            self._pending.append((name, old, value))

    def start(self, **hyperparameters: Any) -> FakeRun:
        self.calls.append(("start",))
        if self.training:
            raise SessionBusyError("Training already.")
        run = FakeRun(len(self.runs) + 1, self.settings.replace(**hyperparameters))
        self.runs.append(run)
        self.events.publish(Event(run.number))
        self._play(run, 0, run.hyperparameters.epochs)
        return run

    def run(self, **hyperparameters: Any) -> FakeRun:
        run = self.start(**hyperparameters)
        self.wait()
        return run

    def continue_run(self, epochs: int | None = None) -> FakeRun:
        self.calls.append(("continue_run",))
        run = self.runs[-1]
        done = run.record().epoch_count
        self._play(run, done, done + (epochs or 5))
        return run

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
        self.runs[event.run - 1].take_down(event)
        self.events.publish(event)

    def begin(self, epochs: int = 10) -> FakeRun:
        """Start a run that plays nothing by itself."""
        run = FakeRun(len(self.runs) + 1, self.settings)
        self.runs.append(run)
        self.emit(RunStarted(run.number, dict(self.settings), STEPS_PER_EPOCH, 0, epochs, "graph", REASON))
        return run

    def _play(self, run: FakeRun, first: int, epochs: int) -> None:
        self._going.set()
        self._stopping.clear()
        if self._script:
            self._thread = threading.Thread(target=self._train, args=(run, first, epochs), daemon=True)
            self._thread.start()

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


def steps_ended(run: int, first_step: int, count: int, epoch: int = 0) -> StepsEnded:
    """Return a plausible chunk of steps."""
    steps = np.arange(first_step, first_step + count, dtype=np.float64)
    noise = np.random.default_rng(first_step).normal(0, 0.08, count)
    values = {
        "loss": np.abs(2 * np.exp(-steps / 180) + noise),
        "accuracy": np.clip(1 - 0.9 * np.exp(-steps / 120) + noise / 2, 0, 1),
        "top_k": np.clip(1 - 0.5 * np.exp(-steps / 60) + noise / 4, 0, 1),
    }
    return StepsEnded(run, first_step, epoch, values, np.full(count, 0.001))


_TRACEBACK = """Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
ValueError: <script>alert("no")</script>"""
