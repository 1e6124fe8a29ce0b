"""Runs made of plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerastune_widget.core.history import Change, History
from kerastune_widget.core.hyperparameters import Hyperparameters
from kerastune_widget.core.training import Parent

STEPS = 4  # an epoch
SETTINGS = {"learning_rate": 0.001, "batch_size": 32, "optimizer": "adam", "epochs": 3, "seed": 0, "shuffle": True}


@dataclass
class PlainRun:
    """Has everything that ``RunLike`` asks for."""

    number: int
    history: History
    hyperparameters: Hyperparameters = field(default_factory=lambda: Hyperparameters(SETTINGS))
    name: str = ""
    note: str = ""
    pinned: bool = False
    parent: Parent | None = None
    sweep: int | None = None
    proof: Any = None
    start_id: str = "start"
    data_id: str = "data"
    environment: Any = None
    started_at: float = 1_700_000_000.0
    seconds: float = 1.5
    has_weights: bool = True
    findings: Any = ()
    error: str = ""
    traceback: str = ""
    reads: int = 0

    @property
    def status(self):
        return self.history.status

    @property
    def epochs(self):
        return self.history.epoch_count

    @property
    def kept_epochs(self):
        return tuple(range(1, self.epochs + 1))

    def record(self):
        self.reads += 1
        return self.history

    def to_code(self):
        return ""


def make_run(number, val_loss=(3.0, 2.0, 1.0), *, settings=None, changes=(), status="finished", parts=None, **others):
    """Return a run of its own with ``STEPS`` steps an epoch; ``parts`` go into its history."""
    values = {**SETTINGS, **(settings or {})}
    steps = np.repeat(np.asarray(val_loss, dtype=float), STEPS)
    history = {
        "epochs": {"loss": list(val_loss), "val_loss": list(val_loss)},
        "steps": {"loss": steps},
        "learning_rates": np.full(len(steps), values["learning_rate"]),
        "epoch_ends": [STEPS * (epoch + 1) for epoch in range(len(val_loss))],
        "changes": changes,
        "hyperparameters": values,
        "status": status,
        "planned_epochs": values["epochs"],
        **(parts or {}),
    }
    return PlainRun(number, History(**history), Hyperparameters(values), **others)


def branch_off(parent, number, epochs, val_loss, *, changes=(), **settings):
    """Return a run that goes on from ``parent`` after ``epochs`` epochs with other settings."""
    fork = epochs * STEPS
    past = [change for change in parent.history.changes if change.step < fork]
    before = {**parent.hyperparameters, **{change.name: change.new for change in past}}
    made = [Change(fork, epochs, name, before[name], value) for name, value in settings.items()]
    run = make_run(
        number,
        [*parent.history.epochs["val_loss"][:epochs], *val_loss],
        changes=[*past, *made, *changes],
        parts={"branch_step": fork, "hyperparameters": dict(parent.history.hyperparameters)},
        parent=Parent(parent.number, epochs),
        start_id=parent.start_id,
    )
    run.hyperparameters = Hyperparameters({**before, **settings})
    return run
