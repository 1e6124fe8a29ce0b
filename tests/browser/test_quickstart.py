"""The quickstart in a real JupyterLab page."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually


def test_runs_from_top_to_bottom(watched: lab.Watched, address: str) -> None:
    page = watched.page
    lab.open_notebook(page, address, "01_quickstart.ipynb")
    lab.hide_side_bar(page)
    lab.run_all_and_wait(page)
    expect(page.locator(".kerastune-workbench").first).to_be_attached()
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_every_widget_shows_its_last_run(watched: lab.Watched, address: str) -> None:
    page = watched.page
    lab.open_notebook(page, address, "01_quickstart.ipynb")
    lab.run_all_and_wait(page)
    bench = Bench(page)
    bench.root.scroll_into_view_if_needed()
    bench.wait_for_end("finished")
    eventually(lambda: bench.last_point()[1] == 15, "the chart does not end with epoch 15")
