"""What it looks like: narrow and wide, light and dark, English and Chinese; also the pictures of the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import lab
from tests.browser.bench import Bench

OVERFLOWS = """root => [root, ...root.querySelectorAll('.kerastune-card, .kerastune-control')]
  .filter(part => part.offsetParent && part.scrollWidth > part.clientWidth + 1).map(part => part.className)"""


@pytest.fixture
def finished(bench: Bench) -> Bench:
    """A widget after a run that ends with a finding."""
    bench.set(epochs=15)
    bench.run()
    bench.wait_for_end()
    bench.cards.first.wait_for()
    return bench


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [700, 1400])
def test_fits_the_page(finished: Bench, pictures: Path, width: int, dark: bool, language: str) -> None:
    page = finished.page
    page.set_viewport_size({"width": width, "height": 1200})
    lab.use_theme(page, dark)
    lab.execute(page, f"widget.language = {language!r}")
    page.wait_for_timeout(700)  # the chart settles into its new size
    finished.root.scroll_into_view_if_needed()
    finished.root.screenshot(path=pictures / f"{width}-{'dark' if dark else 'light'}-{language}.png")
    assert finished.root.evaluate(OVERFLOWS) == []
