"""Proof: pairs of runs without and with a fix, from equal starts over equal batches, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Lock
from typing import Any

import numpy as np

from ..core.diagnosis import Fix
from ..core.proof import ProofResult, Trained, judge_proof, unfinished
from ..core.text import NO_TEXT, Text
from .run import Run
from .template import ModelTemplate

MOST_SECONDS = 60.0
"""About how long all runs of a proof may train together, where they can be shorter than the run they are for."""

FEWEST_EPOCHS = 10
"""But no run is made shorter than this."""

WITHOUT_RUN = 20
"""Most epochs where there is no run yet, or one that did not go to its end."""

_ENDED = ("finished", "stopped", "diverged", "failed", "interrupted")
_FAILED = Text(en="run {number} failed: {error}", zh="第 {number} 次运行出错：{error}")


@dataclass
class Proof:
    """One proof, going on or ended. Made by a ``Session``; safe to read from any thread.

    Attributes:
        number: 1 for the session's first proof.
        fix: What is put to the test.
        run: Number of the run whose settings it starts from; None for the session's own.
        before: The value of the fix's control without it.
        pairs: How many pairs there are to be.
        epochs: How long each run is.
        planned: How long the run was that the fix is for; None when there was none.
        started: The runs started so far: without the fix, with it, and so on.
    """

    number: int
    fix: Fix
    run: int | None
    before: Any
    pairs: int
    epochs: int
    planned: int | None = None
    started: list[Run] = field(default_factory=list, repr=False)
    _over: Flag = field(default_factory=Flag, repr=False)
    _result: ProofResult | None = field(default=None, repr=False)
    _judging: Any = field(default_factory=Lock, repr=False)

    @property
    def runs(self) -> tuple[int, ...]:
        """Numbers of the runs started so far."""
        return tuple(run.number for run in self.started)

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come and the last one has ended."""
        return self.result is not None

    @property
    def result(self) -> ProofResult | None:
        """What it came to; None while it goes on."""
        with self._judging:
            if self._result is None and self._over.is_set() and all(run.status in _ENDED for run in self.started):
                self._result = self._judge()
            return self._result

    @property
    def verdict(self) -> str | None:
        """One of "helped", "no clear effect", "made it worse" and "not finished"; None while it goes on."""
        return None if self.result is None else self.result.verdict

    def sentence(self, language: str = "en") -> str:
        """Return the verdict with its numbers; empty while it goes on."""
        return "" if self.result is None else self.result.sentence(language)

    def end(self) -> None:
        """Say that no further run will come."""
        self._over.set()

    def _judge(self) -> ProofResult:
        whole = [run for run in self.started if run.status in ("finished", "diverged")]
        if len(whole) < 2 * self.pairs:
            failed = next((run for run in self.started if run.status == "failed"), None)
            error = NO_TEXT if failed is None else _FAILED.filled(number=failed.number, error=failed.error)
            return unfinished(len(whole) // 2, self.pairs, error)
        trained = [Trained(run.record(), run.scores) for run in whole]
        pairs = list(zip(trained[::2], trained[1::2], strict=True))
        return judge_proof(self.fix.control, pairs, epochs=self.epochs, planned=self.planned)

    def __repr__(self) -> str:
        standing = self.sentence() or f"{len(self.started)} of {2 * self.pairs} runs started"
        return f"<Proof {self.number} of {self.fix.label.get('en')!r}: {standing}>"


def planned_epochs(run: Run | None, asked: int) -> int:
    """Return how long the runs of a proof should be: as long as the run, if that went to its end."""
    if run is not None and run.status == "finished":
        return run.epochs
    return min(asked, max(WITHOUT_RUN, run.epochs if run is not None else 0))


def affordable_epochs(run: Run | None, planned: int, runs: int) -> int:
    """Return how many of the planned epochs fit into the time for all runs."""
    if run is None or not run.epochs or not run.seconds:
        return planned
    fitting = MOST_SECONDS * run.epochs / (run.seconds * runs)
    return min(planned, max(FEWEST_EPOCHS, int(fitting)))


def comes_trained(template: ModelTemplate) -> bool:
    """Whether the user's model has learned something already, so that new weights would be another model.

    A fresh model's biases and scales are constants; training scatters them, and counts its steps.
    """
    if template.came_with is None:
        return False
    steps = getattr(template.example.optimizer, "iterations", None)
    vectors = [np.asarray(weight) for weight in template.example.trainable_weights if len(weight.shape) == 1]
    return bool(steps is not None and int(steps)) or any(len(np.unique(vector)) > 3 for vector in vectors)
