"""Several workers: all quick tests go to one; files that need a kernel or a browser go to whoever is free."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
OUTSIDE = ("notebooks", "browser")
"""Folders whose tests start processes of their own; last when all run in one process."""


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return OUTSIDE.index(folder) + 1 if folder in OUTSIDE else 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests, and give each its worker; the order within a folder stays."""
    items.sort(key=_turn)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.path.stem if _turn(item) else "inside"))
