"""What a person does with mouse and keyboard in a real JupyterLab page."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually

LONG = 2000  # epochs: training goes on until somebody stops it

SILENT = """from ipywidgets import Widget
tells, Widget._handle_control_comm_msg = Widget.__dict__["_handle_control_comm_msg"], classmethod(lambda *_: None)"""
"""Keeps the kernel from telling a page of all widgets at once."""

TELLING = "Widget._handle_control_comm_msg = tells"


def test_waits_for_a_person(bench: Bench) -> None:
    expect(bench.status).to_contain_text("ready")
    expect(bench.button("Run")).to_be_enabled()
    expect(bench.button("Stop")).to_be_disabled()
    assert bench.last_point() == (0, 0)


def test_keyboard_moves_the_learning_rate(bench: Bench) -> None:
    before = bench.setting("learning_rate")
    bench.handle("Learning rate").press("ArrowRight")
    bench.handle("Learning rate").press("ArrowRight")
    eventually(lambda: bench.setting("learning_rate") > 1.2 * before, "the setting did not follow the slider")
    eventually(
        lambda: float(bench.field("Learning rate").input_value()) == bench.setting("learning_rate"),
        "the field did not follow the slider",
    )


def test_points_appear_while_it_trains_and_stop_stops(bench: Bench) -> None:
    bench.set(epochs=LONG)
    bench.run()
    eventually(lambda: bench.last_point()[0] > 0, "no point appeared")
    first, drawn = bench.last_point(), bench.picture()
    eventually(lambda: bench.last_point() > first, "the curve did not grow")
    eventually(lambda: bench.picture() != drawn, "the picture did not change")
    assert "training" in bench.status.inner_text()
    bench.button("Stop").click()
    expect(bench.status).to_contain_text("stopped", timeout=5000)
    assert bench.last_point()[1] < LONG
    expect(bench.button("Run")).to_be_enabled()


def test_slider_acts_in_the_middle_of_a_run(bench: Bench) -> None:
    bench.set(epochs=LONG)
    bench.run()
    eventually(lambda: bench.last_point()[1] >= 2, "training did not get to its second epoch")
    bench.handle("Learning rate").press("ArrowRight")
    eventually(lambda: lab.ask(bench.page, "len(widget.session.runs[-1].changes)") > 0, "training took no notice")
    bench.button("Stop").click()
    bench.wait_for_end("stopped")


def test_clicks_are_answered_while_a_cell_blocks(bench: Bench) -> None:
    bench.set(epochs=LONG)
    lab.execute_and_leave(bench.page, "import time\nfree = False\nwhile not free: time.sleep(0.05)")
    try:
        bench.run()
        bench.button("Stop").click()
        bench.wait_for_end("stopped")
        assert lab.still_runs(bench.page)
    finally:
        lab.command(bench.page, "notebook:interrupt-kernel")
        eventually(lambda: not lab.still_runs(bench.page), "the cell was not interrupted")


def test_pause_and_resume(bench: Bench) -> None:
    bench.set(epochs=LONG)
    bench.run()
    bench.button("Pause").click()
    expect(bench.status).to_contain_text("paused", timeout=5000)
    held = bench.resting_point()  # a page that is slow may still be drawing what came before
    bench.page.wait_for_timeout(500)
    assert bench.last_point() == held
    bench.button("Resume").click()
    eventually(lambda: bench.last_point() > held, "training did not go on")
    bench.button("Stop").click()
    bench.wait_for_end("stopped")


def test_continue_trains_the_run_for_more_epochs(bench: Bench) -> None:
    bench.set(epochs=2)
    bench.run()
    bench.wait_for_end()
    eventually(lambda: bench.last_point()[1] == 2, "the chart does not end with epoch 2")
    bench.button("Continue").click()
    expect(bench.progress).to_contain_text("4 epochs")
    eventually(lambda: bench.last_point()[1] == 4, "the chart does not end with epoch 4")


def test_diagnosis_offers_a_fix_and_apply_applies_it(bench: Bench) -> None:
    bench.set(epochs=8, learning_rate=10)
    bench.run()
    bench.wait_for_end()
    card = bench.cards.filter(has_text="KT121")  # the cause stands for what it brings about
    apply = card.get_by_role("button", name=re.compile("Learning rate"))
    apply.click()
    expect(apply).to_contain_text("Applied")
    eventually(lambda: float(bench.field("Learning rate").input_value()) < 10, "the control did not follow the fix")


def test_chinese_everywhere(bench: Bench) -> None:
    bench.set(epochs=3)
    bench.run()
    bench.wait_for_end()
    bench.root.get_by_role("button", name="中文").click()
    for words in ("运行", "暂停", "停止"):
        expect(bench.button(words)).to_be_visible()
    expect(bench.status).to_contain_text("已完成")
    expect(bench.root).to_contain_text("学习率")
    expect(bench.root.locator(".ktc-legend")).to_contain_text("验证")
    expect(bench.root.locator(".kerastune-diagnosis")).to_contain_text("诊断")


def test_a_value_that_is_refused_says_why(bench: Bench) -> None:
    field = bench.field("Learning rate")
    field.fill("fast")
    field.press("Enter")
    expect(bench.root.get_by_role("alert").first).to_contain_text("a number from")
    field.fill("0.002")
    field.press("Enter")
    eventually(lambda: not bench.root.get_by_role("alert").first.is_visible(), "the complaint stayed")


def test_shown_again_below_shows_the_same(bench: Bench) -> None:
    bench.set(epochs=2)
    bench.run()
    bench.wait_for_end()
    lab.insert_and_run(bench.page, "widget")
    expect(bench.page.locator(".kerastune-workbench")).to_have_count(2)
    again = Bench(bench.page, bench.page.locator(".kerastune-workbench").nth(1))
    eventually(lambda: again.last_point() == bench.last_point() != (0, 0), "the second display shows other curves")
    again.run()
    again.wait_for_end()
    expect(bench.status).to_have_text(again.status.inner_text())


def test_reloaded_in_mid_run_comes_back_training_with_whole_curves(bench: Bench, bench_page: lab.Watched) -> None:
    bench.set(epochs=5000)
    bench.run()
    eventually(lambda: bench.last_point()[1] >= 2, "training did not get to its second epoch")
    lab.save(bench.page)
    before = bench.last_point()
    bench.page.reload()
    bench.root.wait_for(timeout=lab.PATIENCE)
    expect(bench.status).to_contain_text("training")
    eventually(lambda: bench.last_point() > before, "the curves are not whole")
    again = bench.last_point()
    assert bench.first_point() <= (1, 1)
    eventually(lambda: bench.last_point() > again, "the curve did not grow")
    bench_page.forget(lab.NOT_YET)
    bench.button("Stop").click()
    bench.wait_for_end("stopped")


def test_reloaded_while_the_kernel_is_slow_to_tell_of_its_widgets_it_comes_back_too(
    bench: Bench, bench_page: lab.Watched
) -> None:
    """After four seconds JupyterLab asks for each widget alone; one that does not answer would keep all away."""
    lab.execute(bench.page, SILENT)
    lab.save(bench.page)
    try:
        bench.page.reload()
        bench.root.wait_for(timeout=lab.PATIENCE)
    finally:
        lab.execute(bench.page, TELLING)
    bench.set(epochs=2)
    bench.run()
    bench.wait_for_end()
    bench_page.forget(lab.NOT_YET)
