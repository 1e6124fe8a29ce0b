"""The widget in Notebook 7."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import lab
from tests.browser.bench import Bench, trains_and_stops


def test_trains_and_stops(chrome: Browser, address: str, pictures: Path) -> None:
    with lab.watched_page(chrome, 1366, 768, noise=lab.NOTEBOOK_NOISE) as watched:
        page = watched.page
        lab.open_notebook(page, address, "bench.ipynb", where="notebooks")
        lab.run_all(page)
        bench = Bench(page)
        bench.root.wait_for(timeout=lab.PATIENCE)
        lab.wait_until_idle(page)
        trains_and_stops(bench)
        bench.root.scroll_into_view_if_needed()
        page.screenshot(path=pictures / "notebook7.png")
    assert watched.errors == []
    assert watched.outside == []
