"""The yardstick: every pair trained for ten epochs at each of 25 rates, three times over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerastune_widget import Session

from .pairs import BATCH_SIZE, EPOCHS, OPTIMIZERS, REPORTED, Pair

RATES = tuple(float(rate) for rate in np.geomspace(1e-5, 10, 25))
SEEDS = (0, 1, 2)
RECORD = Path(__file__).parents[1] / "results" / "range_test_grid.json"

Grid = dict[str, dict[str, list[float]]]
"""Mean score over the seeds by pair, optimizer and rate (in the order of ``RATES``)."""


def session_of(pair: Pair) -> Session:
    """Return a session on a pair's data."""
    training, validation = pair.load()
    return Session(pair.model(), (training.x, training.y), validation_data=(validation.x, validation.y), probe=False)


def score(session: Session, pair: Pair, optimizer: str, rate: float, seeds: Sequence[int] = SEEDS) -> float:
    """Return what training at a rate comes to: the mean over the seeds of the last epoch's validation metric.

    A run that diverged has no accuracy, and a loss beyond any other.
    """
    failed = 0.0 if pair.classes else 1e9
    found = []
    for seed in seeds:
        settings: dict[str, Any] = {"optimizer": optimizer, "learning_rate": rate, "seed": seed, "start": "new"}
        run = session.run(**settings, epochs=EPOCHS, batch_size=BATCH_SIZE)
        last = run.history.get(pair.metric, [])
        whole = len(last) == EPOCHS and np.isfinite(last[-1])
        found.append(float(last[-1]) if whole else failed)
        session.delete(run)
    return float(np.mean(found))


def best(pair: Pair, scores: Sequence[float]) -> float:
    """Return the best of some scores."""
    return max(scores) if pair.classes else min(scores)


def load() -> Grid:
    """Return what was recorded."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def main() -> int:
    """Record what is not recorded yet; nothing is shown but the names, so that no method is made by looking."""
    grid = load()
    for pair in REPORTED:
        missing = [optimizer for optimizer in OPTIMIZERS if optimizer not in grid.get(pair.name, {})]
        session = session_of(pair) if missing else None
        for optimizer in missing:
            assert session is not None
            grid.setdefault(pair.name, {})[optimizer] = [score(session, pair, optimizer, rate) for rate in RATES]
            RECORD.write_text(json.dumps(grid, indent=1) + "\n", encoding="utf-8")
            print(pair.name, optimizer, flush=True)
        if session is not None:
            session.close()
    return 0
