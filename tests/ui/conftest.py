"""A session that trains nothing, and a workbench that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(script=False)


@pytest.fixture
def bench(session: FakeSession) -> Iterator[Workbench]:
    bench = Workbench(session)
    yield bench
    bench.close()
