"""An hour of a person's work, done quickly: thirty runs, overlays, a branch, a sweep, an undone deletion, a reload."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from . import lab
from .bench import Bench, eventually

RUNS = 30
EPOCHS = 5
MOVES = 21

_SLIDER_LATENCY = """async handle => {
  const row = handle.closest('.kerastune-control');
  const field = row.querySelector('input[type=text], input[type=number]');
  const before = field.value;
  const began = performance.now();
  handle.focus();
  handle.dispatchEvent(new KeyboardEvent('keydown', { key: KEY, bubbles: true, cancelable: true }));
  while (field.value === before) {
    if (performance.now() - began > 5000) throw new Error('the field did not follow the slider');
    await new Promise(resolve => setTimeout(resolve, 1));
  }
  return performance.now() - began;
}"""

_MEMORY = """__import__('gc').collect() and 0 or int(open('/proc/self/statm').read().split()[1])
 * __import__('resource').getpagesize() / 2**20"""


@dataclass(frozen=True)
class Load:
    """What the widget costs at one moment.

    Attributes:
        latency: Median time from a key on the learning-rate slider until its field shows the kernel's answer, ms.
        kernel: Resident memory of the kernel, MB.
        page: JavaScript heap of the page after a collection, MB.
    """

    latency: float
    kernel: float
    page: float


def load(bench: Bench) -> Load:
    """Measure with the widget at rest."""
    handle = bench.handle("Learning rate").element_handle()
    keys = ("ArrowRight", "ArrowLeft")
    scripts = [_SLIDER_LATENCY.replace("KEY", repr(keys[place % 2])) for place in range(MOVES)]
    times = [float(handle.evaluate(script)) for script in scripts]
    return Load(statistics.median(times), kernel_memory(bench.page), page_memory(bench.page))


def kernel_memory(page: Page) -> float:
    """Return the kernel's resident memory in MB, garbage collected before."""
    return float(lab.ask(page, _MEMORY.replace("\n", "")))


def page_memory(page: Page) -> float:
    """Return the page's JavaScript heap in MB, garbage collected before."""
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.collectGarbage")
    client.send("Performance.enable")
    metrics = {metric["name"]: metric["value"] for metric in client.send("Performance.getMetrics")["metrics"]}
    client.detach()
    return float(metrics["JSHeapUsedSize"]) / 2**20


def run_count(bench: Bench) -> int:
    """Return how many runs the session has."""
    return int(lab.ask(bench.page, "len(widget.session.runs)"))


def work(bench: Bench, runs: int = RUNS) -> None:
    """Do it all; the widget has no runs yet, and is at rest in the end."""
    bench.set(epochs=EPOCHS)
    for number in range(1, runs + 1):
        _run_once(bench, number)
    _overlay(bench)
    _branch(bench)
    _sweep(bench)
    _delete_and_undo(bench)
    _switch_language(bench)
    _reload_during_training(bench)


def _run_once(bench: Bench, number: int) -> None:
    bench.handle("Learning rate").press("ArrowRight" if number % 3 else "ArrowLeft")
    bench.button("Run").click()
    expect(bench.status).to_contain_text(f"Run {number} · finished", timeout=60_000)
    expect(bench.rows).to_have_count(number)


def _overlay(bench: Bench) -> None:
    for number in (3, 7, 9, 11):
        _tick(bench, number, shown=True)
    eventually(lambda: bench.legend.count() >= 5, "the overlaid runs are not in the legend")
    for number in (3, 7):
        _tick(bench, number, shown=False)


def _tick(bench: Bench, number: int, shown: bool) -> None:
    eye = bench.row(number).get_by_role("checkbox")
    if eye.is_checked() != shown:
        eye.click()
    expect(eye).to_be_checked(checked=shown)


def _branch(bench: Bench) -> None:
    before = run_count(bench)
    bench.row(11).locator(".ktr-name").click()
    bench.action("Branch…").click()
    bench.set(learning_rate=0.003)
    bench.button("Run branch").click()
    expect(bench.status).to_contain_text(f"Run {before + 1} · finished", timeout=60_000)
    expect(bench.row(before + 1)).to_contain_text("@ epoch")


def _sweep(bench: Bench) -> None:
    before = run_count(bench)
    fold = bench.root.locator(".kerastune-fold-toggle").filter(has_text="Sweep")
    fold.click()
    values = bench.root.get_by_role("textbox", name="Values")
    values.fill("0.001, 0.01, 0.1")
    values.press("Enter")
    bench.root.get_by_role("button", name=re.compile(r"Run sweep \(3 runs\)")).click()
    expect(bench.status).to_contain_text(f"Run {before + 3} · finished", timeout=60_000)
    expect(bench.root.get_by_role("button", name=re.compile(r"Use 0\.\d"))).to_be_visible()
    fold.click()


def _delete_and_undo(bench: Bench) -> None:
    before = run_count(bench)
    bench.row(5).locator(".ktr-name").click()
    bench.action("Delete").click()
    expect(bench.rows).to_have_count(before - 1)
    bench.action("Undo").click()
    expect(bench.rows).to_have_count(before)


def _switch_language(bench: Bench) -> None:
    bench.root.get_by_role("button", name="中文").click()
    expect(bench.root.get_by_role("button", name="运行", exact=True)).to_be_visible()
    bench.root.get_by_role("button", name="EN").click()
    expect(bench.button("Run")).to_be_visible()


def _reload_during_training(bench: Bench) -> None:
    before = run_count(bench)
    bench.set(epochs=5000)
    bench.run()
    eventually(lambda: bench.last_point()[1] >= 2, "training did not get to its second epoch")
    lab.save(bench.page)
    reached = bench.last_point()
    bench.page.reload()
    bench.root.wait_for(timeout=lab.PATIENCE)
    expect(bench.status).to_contain_text("training", timeout=60_000)
    eventually(lambda: bench.last_point() > reached, "the curves are not whole")
    expect(bench.rows).to_have_count(before + 1)
    bench.button("Stop").click()
    bench.wait_for_end("stopped")
    bench.set(epochs=EPOCHS)
