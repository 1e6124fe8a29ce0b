"""What a range test costs beside plain training: as many steps of the graph loop, in the same session, by turns."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from kerastune_widget import Session

from .._numbers import alternate
from .._report import RESULTS, Goal, Result, markdown
from .pairs import BATCH_SIZE, REPORTED, Pair

NAME = "range_test_cost"
STEPS_PER_CURVE = 150
REPEATS = 3
ROUNDS = 15
SAFE = {"low": 1e-7, "high": 1e-3}  # nothing explodes: all steps are taken


def variants(pair: Pair) -> dict[str, Callable[[], Any]]:
    """Return a run and a test of equally many steps, on one session; both are traced already."""
    training, _ = pair.load()
    rows = len(training.x) - len(training.x) % BATCH_SIZE
    session = Session(pair.model(), (training.x[:rows], training.y[:rows]), probe=False)
    epochs = round(REPEATS * STEPS_PER_CURVE / (rows // BATCH_SIZE))
    steps = epochs * (rows // BATCH_SIZE) // REPEATS

    def train() -> None:
        session.delete(session.run(epochs=epochs, learning_rate=1e-4, batch_size=BATCH_SIZE))

    def test() -> None:
        done = session.range_test(steps=steps, repeats=REPEATS, batch_sizes=[BATCH_SIZE], **SAFE)
        assert sum(len(curve.rates) for curve in done.curves) == REPEATS * steps

    return {"run": train, "test": test}


def measure(rounds: int = ROUNDS) -> Result:
    """Time both, pair by pair."""
    rows, raw, overheads = [], {}, []
    for pair in REPORTED:
        both = variants(pair)
        alternate(both, 2)
        times = alternate(both, rounds)
        ratios = [test / run for run, test in zip(times["run"], times["test"], strict=True)]
        overhead = statistics.median(ratios) - 1
        quietest = min(times["test"]) / min(times["run"]) - 1
        overheads.append(overhead)
        raw[pair.name] = times
        run, test = (1000 * statistics.median(times[name]) for name in ("run", "test"))
        rows.append([pair.name, f"{run:.0f}", f"{test:.0f}", f"{overhead:+.1%}", f"{quietest:+.1%}"])
    middle = statistics.median(overheads)
    return Result(
        "What a range test costs beside plain training",
        f"Three curves of about {STEPS_PER_CURVE} steps, weights drawn anew for two of them, everything put back at "
        "the end, against one run of as many steps in the same session: graph loop, Adam, batches of 32, by turns, "
        f"from the call to the end; medians of {rounds} rounds in milliseconds, and the median of the paired ratios. "
        "Beside it the quickest round of each, which other work on the machine disturbs least.",
        ["pair", "run (ms)", "range test (ms)", "overhead", "of the quickest rounds"],
        rows,
        [Goal("overhead over plain graph-loop steps under 10%", f"{middle:+.1%} (median of pairs)", middle < 0.1)],
        raw,
    )


def main() -> int:
    """Measure and keep the result."""
    result = measure()
    text = markdown(result)
    (RESULTS / f"{NAME}.md").write_text(text, encoding="utf-8")
    print(text)
    return 0
