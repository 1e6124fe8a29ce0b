"""The order of the tests: those that start processes of their own stand at one end."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
OUTSIDE = ("notebooks", "browser")
"""Folders whose tests start processes of their own."""


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return OUTSIDE.index(folder) + 1 if folder in OUTSIDE else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests; the order within a folder stays.

    In one process the quick ones come first. Of several workers none should be left alone with a long file at the end,
    so there the long ones come first.
    """
    among_workers = hasattr(config, "workerinput")
    items.sort(key=_turn, reverse=among_workers)
