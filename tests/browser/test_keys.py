"""Keys of the widget and of the chart in a real JupyterLab page, and pictures saved from it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually

KINDS_OF_CELLS = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
  .map(cell => /jp-(Code|Raw|Markdown)Cell/.exec(cell.className)[1])"""


def test_r_p_and_s_press_the_buttons_and_leave_the_notebook_alone(bench: Bench) -> None:
    before = bench.page.evaluate(KINDS_OF_CELLS)
    bench.set(epochs=2000)
    bench.root.locator(".kerastune-help-mark").focus()
    bench.page.keyboard.press("r")
    expect(bench.status).to_contain_text("training", timeout=lab.PATIENCE)
    bench.page.keyboard.press("p")
    expect(bench.status).to_contain_text("paused")
    bench.page.keyboard.press("p")
    expect(bench.status).to_contain_text("training")
    bench.page.keyboard.press("s")
    expect(bench.status).to_contain_text("stopped")
    assert bench.page.evaluate(KINDS_OF_CELLS) == before


def test_letters_in_a_field_are_letters(bench: Bench) -> None:
    runs = lab.ask(bench.page, "len(widget.session.runs)")
    field = bench.field("Learning rate")
    field.fill("")
    field.press_sequentially("rps")
    assert field.input_value() == "rps"
    field.fill("0.001")
    field.press("Enter")
    assert lab.ask(bench.page, "len(widget.session.runs)") == runs


def test_an_epoch_picked_by_keyboard_or_mouse_opens_the_branch(bench: Bench) -> None:
    bench.set(epochs=3)
    bench.run()
    bench.wait_for_end()
    plot = bench.root.locator(".ktc-plot").first
    eventually(lambda: bench.last_point()[1] == 3, "the chart does not end with epoch 3")
    plot.focus()
    plot.press("Home")
    plot.press("Enter")
    expect(bench.root.locator(".kerastune-branch")).to_contain_text("after epoch")
    expect(bench.root.locator(".kerastune-branch input")).to_have_value("1")
    plot.press("End")
    plot.press("Enter")
    expect(bench.root.locator(".kerastune-branch input")).to_have_value("3")


def test_the_chart_is_saved_as_a_picture(bench: Bench) -> None:
    bench.set(epochs=2)
    bench.run()
    bench.wait_for_end()
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        bench.root.locator(".kerastune-curves .ktc-saver > summary").click()
        with bench.page.expect_download() as download:
            bench.root.locator(".kerastune-curves .ktc-saver-kind", has_text=kind).click()
        assert re.search(rf"\.{kind.lower()}$", download.value.suggested_filename)
        assert download.value.path().read_bytes().startswith(start)


def test_a_new_run_is_told_to_screen_readers_and_every_handle_has_a_name(bench: Bench) -> None:
    bench.set(epochs=2)
    bench.run()
    bench.wait_for_end()
    expect(bench.root.locator(".kerastune-spoken[aria-live=polite]")).to_contain_text("finished after 2 epochs: loss")
    lab.execute(bench.page, "widget.language = 'zh'")
    expect(bench.root).to_have_attribute("lang", "zh-CN")
    handles = bench.root.locator("[role=slider]")
    eventually(lambda: "学习率" in (handles.first.get_attribute("aria-label") or ""), "the name stayed English")
    names = handles.evaluate_all("handles => handles.map(handle => handle.getAttribute('aria-label'))")
    assert all(names)
