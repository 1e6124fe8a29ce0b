"""Finding a learning rate: a range test, a click on its curve, a schedule chosen, seen beforehand, and kept to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually

CURVES = "widget._workbench.curves.chart.spec()"
WALK = ["Home", *["ArrowRight"] * 50, "End"]
SPOKEN = ".kerastune-page [aria-live]"


def lab_of(bench: Bench) -> Locator:
    return bench.root.locator(".kerastune-lab").first


def plot_of(bench: Bench, part: str) -> Locator:
    """Return the first pane of the chart of a part of the lab."""
    return bench.root.locator(f".kerastune-{part} .ktc-plot").first


def opened(bench: Bench, fold: str) -> None:
    """Open a fold unless it is open."""
    button = bench.button(fold)
    if "mod-active" not in (button.get_attribute("class") or ""):
        button.click()


def find_rates(bench: Bench) -> None:
    """Make a range test by pressing the button beside the slider, and wait for its end; once is enough."""
    if bench.root.locator(".kerastune-suggestion").count():
        return
    bench.button("Find a rate").click()
    expect(bench.status).to_contain_text("Range test")
    expect(bench.button("Run")).to_be_disabled()
    bench.wait_for_end("ready")
    expect(bench.root.locator(".kerastune-suggestion").first).to_be_visible()


def read_along(plot: Locator, keys: list[str]) -> dict[int, float]:
    """Return the rate by the step, as a pane says them while keys move its reading line."""
    said = plot.locator("xpath=ancestor::*[contains(@class, 'kerastune-chart')][1]").locator(".ktc-spoken")
    plot.focus()
    rates = {}
    for key in keys:
        plot.press(key)
        words = said.inner_text()
        step, rate = re.findall(r"Step ([\d,]+).*?[Ll]earning rate ([\d.e-]+)", words)[0]
        rates[int(step.replace(",", ""))] = float(rate)
    return rates


def test_a_click_on_the_curve_of_a_range_test_moves_the_slider(bench: Bench) -> None:
    find_rates(bench)
    plot, handle = plot_of(bench, "range-test"), bench.handle("Learning rate")
    before = handle.bounding_box()
    box = plot.bounding_box()
    assert before is not None and box is not None
    plot.hover(position={"x": 0.8 * box["width"], "y": 0.5 * box["height"]})
    hint = plot.locator(".ktc-card-pick")
    expect(hint).to_contain_text("Click: set the learning rate to")
    rate = float(hint.inner_text().split()[-1])
    plot.click(position={"x": 0.8 * box["width"], "y": 0.5 * box["height"]})
    eventually(lambda: bench.setting("learning_rate") == rate, "the click set no rate")
    expect(bench.root.locator(SPOKEN)).to_contain_text(f"Learning rate set to {rate:g}")
    eventually(lambda: float(bench.field("Learning rate").input_value()) == rate, "the field did not follow")
    eventually(lambda: (handle.bounding_box() or before)["x"] > before["x"] + 5, "the slider did not move")


def test_the_keyboard_moves_the_reading_line_and_picks(bench: Bench) -> None:
    find_rates(bench)
    plot = plot_of(bench, "range-test")
    hint = plot.locator(".ktc-card-pick")
    plot.focus()

    def picked() -> bool:
        """Move and pick as a person would, who looks again when the last points of the test redraw the plot."""
        for key in ("Home", "ArrowRight", "ArrowRight"):
            plot.press(key)
        expect(hint).to_contain_text("Enter: set the learning rate to")
        rate = float(hint.inner_text().split()[-1])
        assert 1e-6 < rate < 2e-6  # two hundredths of about six decades
        plot.press("Enter")
        bench.page.wait_for_timeout(500)
        return bool(bench.setting("learning_rate") == rate)

    eventually(picked, "Enter set no rate")


def test_apply_sets_a_suggestion_and_stop_stops(bench: Bench) -> None:
    find_rates(bench)
    apply = lab_of(bench).get_by_role("button", name=re.compile("^Apply")).first
    rate = float(apply.inner_text().split()[-1])
    apply.click()
    expect(lab_of(bench).get_by_role("button", name="Applied").first).to_be_disabled()
    assert bench.setting("learning_rate") == rate
    lab.execute(bench.page, "widget.session.start_range_test(repeats=9, steps=2000, high=0.1)")  # a long one
    stop = bench.root.locator(".kerastune-range-test").get_by_role("button", name="Stop")
    expect(stop).to_be_enabled()
    stop.click()
    expect(bench.root.locator(".kerastune-range-test")).to_contain_text("Stopped after")
    expect(bench.button("Run")).to_be_enabled()


def test_the_run_keeps_to_the_previewed_schedule(bench: Bench) -> None:
    find_rates(bench)
    box = plot_of(bench, "range-test").bounding_box()
    assert box is not None
    plot_of(bench, "range-test").click(position={"x": 0.7 * box["width"], "y": 0.5 * box["height"]})
    eventually(lambda: bench.setting("learning_rate") != 0.001, "the click set no rate")
    bench.set(epochs=4)
    opened(bench, "More settings")
    bench.root.get_by_label("Schedule").first.select_option("cosine decay")
    opened(bench, "Settings of cosine decay")
    bench.field("Warm-up").first.fill("1")
    bench.field("Warm-up").first.press("Enter")
    eventually(lambda: bench.setting("schedule") == "cosine(warmup_epochs=1.0)", "no schedule was chosen")
    preview = plot_of(bench, "schedule-preview")
    expect(bench.root.locator(".kerastune-schedule-preview")).to_contain_text("warm-up 1 epoch")
    peak = bench.setting("learning_rate")
    planned = read_along(preview, WALK)
    first, *_, last = planned.values()
    assert len(planned) > 20 and first < 0.1 * peak and last < 0.1 * peak
    assert max(planned.values()) == pytest.approx(peak, rel=0.05)
    bench.run()
    bench.wait_for_end()
    pane = bench.curves.locator(".ktc-wide .ktc-plot")
    expect(pane).to_be_visible()
    assert read_along(pane, WALK) == pytest.approx(planned, rel=1e-3)
    recorded = lab.ask(bench.page, "widget.session.runs[-1].record().learning_rates.tolist()")
    drawn = lab.ask(bench.page, f"next(c.y.tolist() for c in {CURVES}.series if c.id.endswith('/learning_rate'))")
    assert drawn == pytest.approx(recorded, rel=1e-6)


def test_a_race_is_run_shown_and_taken_over(bench: Bench) -> None:
    bench.set(epochs=2, learning_rate=0.02)
    opened(bench, "Learning-rate lab")
    opened(bench, "Optimizer race")
    race = bench.root.locator(".kerastune-race")
    for name in ("SGD with momentum", "AdamW", "RMSprop"):
        race.get_by_label(name, exact=True).uncheck()
    race.get_by_label("Rates").select_option("the same for all")
    race.get_by_role("button", name="Start race (2 runs)").click()
    expect(race).to_contain_text("2 of 2 runs ended")
    rows = race.get_by_role("table", name="Optimizer race").get_by_role("rowheader")
    expect(rows.first).to_contain_text("Adam ★ best")
    assert rows.count() == 2
    assert {"SGD", "Adam"} <= set(bench.legend.all_inner_texts())
    bench.set(learning_rate=0.001)
    race.get_by_label("Take over").select_option("SGD")
    race.get_by_role("button", name="Use SGD at 0.02").click()
    eventually(lambda: bench.setting("optimizer") == "sgd", "the optimizer was not taken over")
    eventually(lambda: bench.setting("learning_rate") == 0.02, "nor its rate")
