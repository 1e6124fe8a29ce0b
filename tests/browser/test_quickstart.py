"""The quickstart in a real JupyterLab page, run once from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually


@pytest.fixture(scope="module")
def finished(chrome: Browser, address: str) -> Iterator[lab.Watched]:
    """The page when its last cell has run."""
    with lab.watched_page(chrome) as watched:
        lab.open_notebook(watched.page, address, "01_quickstart.ipynb")
        lab.hide_side_bar(watched.page)
        lab.run_all_and_wait(watched.page)
        yield watched


def test_runs_from_top_to_bottom(finished: lab.Watched) -> None:
    page = finished.page
    expect(page.locator(".kerastune-workbench").first).to_be_attached()
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_every_widget_shows_its_last_run(finished: lab.Watched) -> None:
    bench = Bench(finished.page)
    bench.root.scroll_into_view_if_needed()
    bench.wait_for_end("finished")
    eventually(lambda: bench.last_point()[1] == 15, "the chart does not end with epoch 15")


def test_the_page_logged_no_error_and_asked_nobody_outside(finished: lab.Watched) -> None:
    assert finished.errors == []
    assert finished.outside == []
