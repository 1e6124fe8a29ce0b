"""Two workers: one for what needs a kernel or a browser, one for the rest, so that each starts its servers once."""

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
        item.add_marker(pytest.mark.xdist_group("outside" if _turn(item) else "inside"))
