"""What it looks like: narrow and wide, light and dark, English and Chinese; also the pictures of the README."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.browser import lab
from tests.browser.bench import Bench, eventually

OVERFLOWS = """root => [root, ...root.querySelectorAll('.kerastune-card, .kerastune-control')]
  .filter(part => part.offsetParent && part.scrollWidth > part.clientWidth + 1).map(part => part.className)"""


# Mean brightness of what is drawn left of the curves: the numbers along the axis.
INK = """root => {
  const canvas = root.querySelector('canvas.ktc-canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, 30, canvas.height);
  const inked = [...Array(data.length / 4).keys()].filter(i => data[4 * i + 3] > 100);
  return inked.reduce((sum, i) => sum + data[4 * i] + data[4 * i + 1] + data[4 * i + 2], 0) / 3 / inked.length;
}"""

README = {"1400-light-en.png": "quickstart.png", "1400-dark-zh.png": "quickstart-dark-zh.png"}


def keep_for_readme(picture: Path) -> None:
    """Copy a picture that the README shows, when ``make screenshots`` asked for it."""
    folder = os.environ.get("KERASTUNE_SCREENSHOTS")
    if folder and picture.name in README:
        Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, Path(folder, README[picture.name]))


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
    eventually(lambda: (finished.root.evaluate(INK) > 128) == dark, "the axis has the ink of the other theme")
    finished.root.scroll_into_view_if_needed()
    picture = pictures / f"{width}-{'dark' if dark else 'light'}-{language}.png"
    finished.root.screenshot(path=picture)
    keep_for_readme(picture)
    assert finished.root.evaluate(OVERFLOWS) == []
