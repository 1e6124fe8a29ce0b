"""In which order the tests run, and with how many threads each process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

for variable in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
"""Tiny models on two cores that two workers share: a second thread for each costs more than it brings."""

HERE = Path(__file__).parent
OUTSIDE = ("notebooks", "browser")
"""Folders whose tests start processes of their own."""


def _turn(item: pytest.Item) -> int:
    """Quick tests first in one process; among several, what takes longest first, so that none waits in the end."""
    folder = item.path.relative_to(HERE).parts[0]
    turn = OUTSIDE.index(folder) + 1 if folder in OUTSIDE else 0
    return -turn if "PYTEST_XDIST_WORKER" in os.environ else turn


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests; the order within a folder stays."""
    items.sort(key=_turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let a worker take a whole file, or all that needs a browser, so that what they share is made once.

    Two browsers with a kernel each are too much for two cores: a page that is reloaded while its kernel trains then
    waits for its widgets longer than JupyterLab does. Marks of groups would say the same, but pytest-xdist 3.8 does
    not see them under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "browser" if path.startswith("tests/browser/") else path

    return ByFile(config, log)
