"""After an hour's worth of actions the page still answers and nothing has piled up; how quickly, benchmarks tell."""

from __future__ import annotations

from tests.browser import hour, lab
from tests.browser.bench import Bench

RUNS = 15
"""Fewer than in the benchmark, which has time for an hour's thirty."""


def test_an_hour_of_work_leaves_a_page_that_answers(hour_bench: Bench, watched: lab.Watched) -> None:
    hour_bench.set(epochs=hour.EPOCHS)
    before = hour.kernel_memory(hour_bench.page)
    hour.work(hour_bench, RUNS)
    assert hour.run_count(hour_bench) == RUNS + 1 + 3 + 1
    assert hour.kernel_memory(hour_bench.page) - before < 150
    hour_bench.run()
    hour_bench.wait_for_end()
    watched.forget(lab.NOT_YET)  # it was reloaded, and has come back
