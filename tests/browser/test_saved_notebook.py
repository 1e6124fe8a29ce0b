"""What is left in a saved notebook: in JupyterLab without its kernel, as plain HTML, after an unattended run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import lab
from tests.browser.bench import CELLS, Bench, eventually
from tests.notebooks.test_notebooks import execute, outputs

RUNS = 50
MOST_BYTES = 2000 * RUNS
MOST_BYTES_OF_WIDGETS = 400_000
STATE = "application/vnd.jupyter.widget-state+json"
TOGGLE_STATE = "() => window.jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState')"

# JupyterLab itself says this of every widget whose kernel is gone.
GONE = ("widget model not found",)


def rows(page: Page | Bench) -> Locator:
    """Return the rows of the saved table, hidden or not."""
    return (page.page if isinstance(page, Bench) else page).locator(".kerastune-saved tbody tr")


def picture_width(page: Page) -> int:
    return int(page.locator(".kerastune-saved img").evaluate("picture => picture.naturalWidth"))


def train(bench: Bench, runs: int) -> None:
    """Train so many short runs from code and wait until the still output tells of the last."""
    lab.execute(bench.page, f"for _ in range({runs}):\n    widget.run(epochs=1)")
    newest = lab.ask(bench.page, "len(widget.session.runs)")
    eventually(lambda: rows(bench).count() == newest, "the saved table lacks runs")


def keep(bench: Bench, folder: Path, name: str) -> Path:
    """Save the notebook and return a copy under another name; JupyterLab trusts it as it trusts the original."""
    lab.save(bench.page)
    copy = folder / name
    copy.write_bytes((folder / "kept.ipynb").read_bytes())
    return copy


@pytest.fixture(scope="module")
def saved(kept_page: lab.Watched, folder: Path) -> dict[str, Path]:
    """The notebook after one run, after fifty more, and the last one with the state of its widgets."""
    bench = Bench(kept_page.page)
    bench.come_to_rest()
    train(bench, 1)
    few = keep(bench, folder, "few.ipynb")
    train(bench, RUNS)
    expect(bench.page.locator(".kerastune-saved:visible")).to_have_count(0)
    many = keep(bench, folder, "many.ipynb")
    bench.page.wait_for_timeout(4000)  # the page puts a thinned copy of the curves into the state after three seconds
    bench.page.evaluate(TOGGLE_STATE)
    return {"few": few, "many": many, "state": keep(bench, folder, "state.ipynb")}


def test_many_runs_add_little(saved: dict[str, Path]) -> None:
    sizes = {name: path.stat().st_size for name, path in saved.items()}
    assert sizes["many"] - sizes["few"] < MOST_BYTES, sizes
    assert STATE in json.loads(saved["state"].read_text())["metadata"]["widgets"]
    assert sizes["state"] - sizes["many"] < MOST_BYTES_OF_WIDGETS, sizes


def test_reopens_without_its_kernel(chrome: Browser, address: str, saved: dict[str, Path], pictures: Path) -> None:
    with lab.watched_page(chrome, noise=GONE) as watched:
        page = watched.page
        lab.open_notebook(page, address, saved["many"].name)
        lab.hide_side_bar(page)
        expect(page.locator(".kerastune-saved")).to_be_visible(timeout=lab.PATIENCE)
        assert rows(page).count() > RUNS
        assert picture_width(page) > 500
        expect(page.get_by_text("model not found")).not_to_be_visible()
        page.screenshot(path=pictures / "saved.png")
    assert watched.errors == []
    assert watched.outside == []


def test_reopens_with_the_state_of_its_widgets(chrome: Browser, address: str, saved: dict[str, Path]) -> None:
    with lab.watched_page(chrome) as watched:
        bench = Bench(watched.page)
        lab.open_notebook(bench.page, address, saved["state"].name)
        bench.root.wait_for(timeout=lab.PATIENCE)
        eventually(lambda: bench.last_point()[0] > 0, "the curves are not in the saved state")
        expect(bench.page.locator(".kerastune-saved:visible")).to_have_count(0)
    assert watched.errors == []
    assert watched.outside == []


def test_plain_html_shows_picture_and_table(chrome: Browser, saved: dict[str, Path], pictures: Path) -> None:
    html, _ = HTMLExporter().from_filename(str(saved["many"]))
    with lab.watched_page(chrome, java_script_enabled=False) as watched:
        watched.page.set_content(html, wait_until="domcontentloaded")
        expect(watched.page.locator(".kerastune-saved")).to_be_visible()
        expect(rows(watched.page).first).to_be_visible()
        expect(watched.page.locator(".kerastune-saved img")).to_be_visible()
        watched.page.locator(".kerastune-saved").scroll_into_view_if_needed()
        watched.page.screenshot(path=pictures / "html.png")


def test_an_unattended_run_leaves_the_same() -> None:
    cells = [*CELLS, "widget.run(epochs=2)", "run = widget.session.start(epochs=1)\nwidget.session.wait()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    left = [output.data for output in outputs(execute(notebook)) if "text/html" in output.get("data", {})]
    assert len(left) == 1
    shown: dict[str, Any] = left[0]
    assert shown["text/html"].count("<tr>") == 3
    assert len(shown["image/png"]) > 1000
