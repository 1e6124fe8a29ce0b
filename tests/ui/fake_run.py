"""A run without Keras, that only remembers what it is told, findings to put on it, and what runs belong to."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kerastune_widget.core.diagnosis import Evidence, Finding, Fix, Rule
from kerastune_widget.core.environment import Environment
from kerastune_widget.core.events import (
    EpochEnded,
    Event,
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
from kerastune_widget.core.proof import ProofResult
from kerastune_widget.core.race import RaceRow
from kerastune_widget.core.schedule import PlannedRates
from kerastune_widget.core.spelling import name_of
from kerastune_widget.core.text import NO_TEXT, Text
from kerastune_widget.core.training import Parent, ProofPart


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
    """One run that only remembers what it is told; every attribute of ``RunLike`` can be set."""

    def __init__(
        self,
        number: int,
        hyperparameters: Hyperparameters,
        parent: Parent | None = None,
        sweep: int | None = None,
        proof: ProofPart | None = None,
        taken_over: History | None = None,
    ) -> None:
        self.number, self.parent, self.sweep, self.proof = number, parent, sweep, proof
        self.name = self.note = ""
        self.pinned = False
        self.hyperparameters = hyperparameters
        self.status: RunStatus = "waiting"
        self.findings: Sequence[Finding] = ()
        self.error = self.traceback = ""
        self.start_id, self.data_id = "start", "data"
        self.environment: Environment | None = None
        self.started_at, self.seconds = time.time(), 0.0
        self.has_weights = False
        self._lock = threading.Lock()
        past = taken_over or History()
        self._steps: dict[str, list[Any]] = {name: [values] for name, values in past.steps.items()}
        self._rates: list[Any] = [past.learning_rates] if len(past.learning_rates) else []
        self._history = replace(
            past, hyperparameters=dict(hyperparameters), planned_epochs=1, branch_step=len(past.learning_rates)
        )

    @property
    def epochs(self) -> int:
        return self._history.epoch_count

    @property
    def kept_epochs(self) -> Sequence[int]:
        return tuple(range(1, self.epochs + 1))

    def to_code(self) -> str:
        return f"import keras  # run {self.number} <as code>\n"

    def record(self) -> History:
        with self._lock:
            steps = {name: np.concatenate(parts) for name, parts in self._steps.items()}
            rates = np.concatenate(self._rates) if self._rates else np.empty(0)
            return replace(self._history, steps=steps, learning_rates=rates, status=self.status)

    def taken_over(self, epochs: int) -> History:
        """Return what a branch after ``epochs`` epochs begins with."""
        record = self.record()
        end = int(record.epoch_ends[epochs - 1])
        return replace(
            record,
            epochs={name: list(values[:epochs]) for name, values in record.epochs.items()},
            epoch_ends=list(record.epoch_ends[:epochs]),
            steps={name: values[:end] for name, values in record.steps.items()},
            learning_rates=record.learning_rates[:end],
        )

    def take_down(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, RunStarted):
                self.status, self.has_weights = "running", False
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
                self.seconds += event.seconds
                self.has_weights = event.status in ("finished", "stopped")

    def _end_epoch(self, event: EpochEnded) -> None:
        epochs = {name: [*self._history.epochs.get(name, ()), value] for name, value in event.logs.items()}
        ends = [*self._history.epoch_ends, event.last_step]
        self._history = replace(self._history, epochs=epochs, epoch_ends=ends)


@dataclass
class FakeCheckpoints:
    """Holds nothing, but says how much."""

    budget: int = 128 * 2**20
    memory_bytes: int = 12 * 2**20
    disk_bytes: int = 0


@dataclass
class FakeSweep:
    """A sweep whose runs a test may start one by one."""

    number: int
    name: str
    values: Sequence[Any]
    runs: list[int] = field(default_factory=list)
    ended: bool = False


@dataclass
class FakeProof:
    """A proof whose runs a test may start one by one, and whose result it gives."""

    number: int
    fix: Fix
    run: int | None
    before: Any
    pairs: int = 3
    runs: list[int] = field(default_factory=list)
    result: ProofResult | None = None

    @property
    def ended(self) -> bool:
        return self.result is not None


@dataclass
class FakeRace:
    """A race whose runs a test may start one by one, and whose table it gives."""

    number: int
    optimizers: Sequence[str]
    tuned: bool = True
    rates: dict[str, float] = field(default_factory=dict)
    runs: list[int] = field(default_factory=list)
    planned: int = 2
    rows: Sequence[RaceRow] = ()
    testing: bool = False
    ended: bool = False
    notices: Sequence[Text] = ()


def planned(settings: Hyperparameters, steps_per_epoch: int) -> PlannedRates:
    """Return half a cosine wave, or a constant rate; and a momentum if the piecewise schedule is chosen."""
    count, rate = settings["epochs"] * steps_per_epoch, settings["learning_rate"]
    name = name_of(settings.get("schedule", "constant"))
    wave = 0.5 * (1 + np.cos(np.pi * np.arange(count) / count)) if name == "cosine" else np.ones(count)
    momentum = np.linspace(0.95, 0.85, count) if name == "piecewise" else None
    return PlannedRates(rate * wave, steps_per_epoch, momentum)


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
