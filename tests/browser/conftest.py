"""One Jupyter server and one Chromium for all browser tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from tests.browser import chromium, lab
from tests.browser.bench import CELLS, Bench

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our notebooks, and one more with a widget that nobody has run yet."""
    copy = tmp_path_factory.mktemp("notebooks")
    for notebook in (lab.ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, copy)
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    for name in ("bench.ipynb", "kept.ipynb", "hour.ipynb"):
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), copy / name)
    return copy


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    """Where they are served: by JupyterLab, Notebook 7 and Voilà."""
    with lab.jupyter_lab(folder) as served:
        yield served


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """A browser that really starts; without one these tests fail, they are never skipped."""
    program = chromium.find()
    if program is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    with lab.browser(program) as started:
        yield started


@pytest.fixture
def watched(chrome: Browser) -> Iterator[lab.Watched]:
    """A fresh page; afterwards it must have logged no error and asked nobody outside."""
    with lab.watched_page(chrome) as page:
        yield page
        assert page.errors == []
        assert page.outside == []


@pytest.fixture(scope="session")
def kept_page(chrome: Browser, address: str) -> Iterator[lab.Watched]:
    """A JupyterLab page with a widget on it, for tests that leave it as they found it; of a notebook of its own."""
    with lab.watched_page(chrome) as watched_page:
        lab.show_widget(watched_page.page, address, "kept.ipynb")
        yield watched_page


@pytest.fixture
def kept(kept_page: lab.Watched) -> Iterator[Bench]:
    """The widget on that page at rest."""
    made = Bench(kept_page.page)
    made.come_to_rest()
    yield made
    assert kept_page.errors == []
    assert kept_page.outside == []


@pytest.fixture(scope="session")
def dashboard_page(chrome: Browser, address: str) -> Iterator[lab.Watched]:
    """The same notebook shown by Voilà."""
    with lab.watched_page(chrome, noise=lab.VOILA_NOISE) as watched_page:
        lab.open_dashboard(watched_page.page, address, "bench.ipynb")
        yield watched_page


@pytest.fixture
def dashboard(dashboard_page: lab.Watched) -> Iterator[Bench]:
    """The widget that Voilà shows; afterwards its page must have asked outside for Voilà's own fonts only."""
    yield Bench(dashboard_page.page)
    assert dashboard_page.errors == []
    assert [url for url in dashboard_page.outside if not url.startswith(lab.VOILA_ASKS)] == []


@pytest.fixture(scope="module")
def bench_page(chrome: Browser, address: str) -> Iterator[lab.Watched]:
    """A page with a widget on it, shared by the tests of a module."""
    with lab.watched_page(chrome) as watched_page:
        lab.show_widget(watched_page.page, address, "bench.ipynb")
        yield watched_page


@pytest.fixture
def bench(bench_page: lab.Watched) -> Iterator[Bench]:
    """The widget at rest; afterwards its page must have logged no error and asked nobody outside."""
    made = Bench(bench_page.page)
    made.come_to_rest()
    yield made
    assert bench_page.errors == []
    assert bench_page.outside == []


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots go."""
    results = lab.ROOT / "test-results"
    results.mkdir(exist_ok=True)
    return results


@pytest.fixture
def hour_bench(watched: lab.Watched, address: str) -> Bench:
    """A widget that nobody has run yet, on a page of its own."""
    lab.show_widget(watched.page, address, "hour.ipynb")
    return Bench(watched.page)
