"""Repeating a run over seeds in a browser: the band is drawn as runs end, and what is less than chance is greyed."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually

LONGEST_STRETCH = """canvas => {
  const { width, height } = canvas;
  const pixels = canvas.getContext('2d').getImageData(Math.round(0.35 * width), 0, 1, height).data;
  let [longest, length] = [0, 0];
  for (let y = 0; y < height; y++) {
    const [red, green, blue, alpha] = pixels.slice(4 * y, 4 * y + 4);
    length = alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 12 ? length + 1 : 0;
    longest = Math.max(longest, length);
  }
  return longest;
}"""
"""How many coloured pixels lie above each other between the first epochs: a line has few, a band many."""


def stretch(repeat: Locator) -> int:
    return int(repeat.locator("canvas.ktc-canvas").first.evaluate(LONGEST_STRETCH))


def test_a_repeat_over_five_seeds_draws_the_band(bench: Bench) -> None:
    bench.set(epochs=4)
    bench.button("Reproducibility lab").click()
    bench.button("Repeat over seeds").click()
    repeat = bench.root.locator(".kerastune-repeat")
    repeat.get_by_role("button", name="Repeat (5 runs)").click()
    expect(repeat.get_by_role("status")).to_have_text("5 of 5 runs ended.", timeout=lab.PATIENCE)
    eventually(lambda: stretch(repeat) > 12, "no band is drawn")
    expect(repeat.locator("table")).to_contain_text("Noise floor")
    expect(repeat.locator("tbody tr")).to_have_count(4)
    expect(repeat.locator(".ktc-legend")).to_contain_text("mean of 5 runs")
    expect(bench.rows).to_have_count(5)
    expect(bench.root.locator(".ktr-noise").first).to_be_visible()
