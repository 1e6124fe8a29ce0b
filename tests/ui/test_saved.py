"""The still output for a saved notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kerastune_widget.core.text import Language
from kerastune_widget.ui import saved
from kerastune_widget.ui.saved import SavedState
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


class Shell:
    """Stands in for IPython's: keeps what is displayed, and ends cells when told to."""

    def __init__(self) -> None:
        self.display_pub = self.events = self
        self.outputs: list[tuple[dict[str, Any], bool]] = []
        self.handlers: list[Callable[[], None]] = []

    def publish(self, data: dict[str, Any], *, transient: dict[str, str], update: bool) -> None:
        assert transient["display_id"] in data["text/html"]
        self.outputs.append((data, update))

    def register(self, name: str, handler: Callable[[], None]) -> None:
        assert name == "post_execute"
        self.handlers.append(handler)

    def unregister(self, name: str, handler: Callable[[], None]) -> None:
        self.handlers.remove(handler)

    def end_cell(self) -> None:
        for handler in self.handlers:
            handler()


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell()
    monkeypatch.setattr(saved, "get_ipython", lambda: made)
    return made


@pytest.fixture
def bench() -> Iterator[Workbench]:
    made = Workbench(FakeSession(pace=0.0))
    yield made
    made.close()


def train(bench: Workbench, runs: int) -> None:
    for _ in range(runs):
        bench.session.run(epochs=1)
    bench.flush()


def test_is_empty_before_the_first_run(shell: Shell, bench: Workbench) -> None:
    state = SavedState(bench)
    state.show()
    shell.end_cell()
    (data, update), *more = shell.outputs
    assert not update
    assert more == []
    assert "<img" not in data["text/html"]
    state.close()


@pytest.mark.parametrize(("language", "word"), [("en", "Best validation loss"), ("zh", "诊断")])
def test_tells_every_run_at_the_end_of_the_cell(shell: Shell, bench: Workbench, language: Language, word: str) -> None:
    bench.language = language
    state = SavedState(bench)
    state.show()
    train(bench, 3)
    shell.end_cell()
    data, update = shell.outputs[-1]
    assert update
    assert data["text/html"].count("<tr>") == 4
    assert word in data["text/html"]
    assert data["image/png"].startswith(b"\x89PNG")
    state.close()


def test_is_painted_once_for_many_runs_in_a_cell(shell: Shell, bench: Workbench) -> None:
    state = SavedState(bench)
    state.show()
    train(bench, 5)
    shell.end_cell()
    shell.end_cell()
    assert len(shell.outputs) == 2
    state.close()


def test_a_hundred_runs_stay_small(shell: Shell, bench: Workbench) -> None:
    state = SavedState(bench)
    state.show()
    train(bench, 100)
    shell.end_cell()
    data, _ = shell.outputs[-1]
    assert data["text/html"].count("<tr>") == 101
    assert len(data["text/html"]) < 100_000
    assert len(data["image/png"]) < 60_000
    state.close()


def test_says_nothing_once_closed(shell: Shell, bench: Workbench) -> None:
    state = SavedState(bench)
    state.show()
    state.close()
    train(bench, 1)
    shell.end_cell()
    assert len(shell.outputs) == 1


def test_names_are_not_markup(shell: Shell, bench: Workbench) -> None:
    state = SavedState(bench)
    state.show()
    train(bench, 1)
    bench.session.label(1, name="<script>{}")
    shell.end_cell()
    assert "<script>" not in shell.outputs[-1][0]["text/html"]
    assert "&lt;script&gt;{}" in shell.outputs[-1][0]["text/html"]
    state.close()
