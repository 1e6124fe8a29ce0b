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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests; the order within a folder stays."""
    items.sort(key=_turn)
