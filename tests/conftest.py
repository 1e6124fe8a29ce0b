"""Quick tests first; the ones with a kernel or a browser last, so that they disturb no other."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
OUTSIDE = ("notebooks", "browser")
"""Folders whose tests start processes of their own; last when all run in one process."""


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return OUTSIDE.index(folder) + 1 if folder in OUTSIDE else 0


def _group(item: pytest.Item) -> str:
    path = item.path.relative_to(HERE)
    return path.parts[0] if path.parts[0] == "browser" else path.as_posix()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests; the order within a folder stays. A worker takes a file, or all that needs a browser.

    Two browsers with a kernel each are too much for two cores: a page that is reloaded while its kernel trains then
    waits for its widgets longer than JupyterLab does.
    """
    items.sort(key=_turn)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
