"""A front-end that can't load our JavaScript: anywidget's module is blocked, only ipywidgets' own widgets work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually

LOADED = "picture => picture.naturalWidth"


@pytest.fixture(scope="module")
def plain(chrome: Browser, address: str) -> Iterator[Bench]:
    """A widget whose page has no anywidget."""
    with lab.watched_page(chrome) as watched:
        page = watched.page
        page.route("**/extensions/anywidget/**", lambda route: route.abort())
        lab.open_notebook(page, address, "bench.ipynb")
        lab.hide_side_bar(page)
        lab.run_all(page)
        bench = Bench(page)
        bench.root.wait_for(timeout=lab.PATIENCE)
        lab.wait_until_idle(page)
        yield bench
    assert watched.outside == []


def still(bench: Bench) -> Locator:
    return bench.root.locator("img.kerastune-still, .kerastune-still img")


def test_stills_follow_the_training_and_buttons_work(plain: Bench, pictures: Path) -> None:
    expect(plain.root.locator("canvas.ktc-canvas")).to_have_count(0)
    plain.set(epochs=5000)
    plain.run()
    expect(still(plain)).to_be_visible(timeout=lab.PATIENCE)
    eventually(lambda: still(plain).evaluate(LOADED) > 0, "the picture is empty")
    first = still(plain).get_attribute("src")
    eventually(lambda: still(plain).get_attribute("src") != first, "the picture did not follow the training")
    plain.root.screenshot(path=pictures / "fallback.png")
    plain.button("Pause").click()
    expect(plain.status).to_contain_text("paused")
    plain.button("Resume").click()
    expect(plain.status).to_contain_text("training")
    plain.button("Stop").click()
    plain.wait_for_end("stopped")


def test_sliders_work(plain: Bench) -> None:
    before = plain.setting("learning_rate")
    plain.handle("Learning rate").press("ArrowRight")
    eventually(lambda: plain.setting("learning_rate") > before, "the setting did not follow the slider")


def test_no_complaint_is_shown(plain: Bench) -> None:
    expect(plain.root.locator(".jupyter-widgets-error-widget:visible")).to_have_count(0)
