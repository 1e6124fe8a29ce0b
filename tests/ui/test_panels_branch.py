"""The branch bar, the comparison of two runs, and the checkpoints' line."""

from __future__ import annotations

import pytest

from kerastune_widget.core.events import EpochEnded
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


def shown(widget: object) -> bool:
    return widget.layout.display is None  # type: ignore[attr-defined]


def test_the_bar_comes_with_a_picked_epoch_and_goes_with_a_click(bench: Workbench, session: FakeSession) -> None:
    session.finish(5)
    bench.flush()
    assert not shown(bench.branch.widget)
    bench._context.picked(1, 3)
    assert shown(bench.branch.widget)
    assert "branch from run 1 after epoch" in bench.branch._text.value
    assert (bench.branch.epoch.min, bench.branch.epoch.value, bench.branch.epoch.max) == (1, 3, 5)
    bench.branch.close.click()
    assert not shown(bench.branch.widget)


def test_a_branch_takes_what_was_changed_on_the_left(bench: Workbench, session: FakeSession) -> None:
    session.finish(5)
    bench.flush()
    bench._context.picked(1, 3)
    assert "Same settings" in bench.branch._note.value
    session.set("learning_rate", 0.01)
    session.set("epochs", 7)
    bench.flush()
    assert "Changed: learning rate 0.01" in bench.branch._note.value
    bench.branch.run.click()
    assert session.calls[-1] == ("branch", 1, 3, 7, {"learning_rate": 0.01})
    assert not shown(bench.branch.widget)


def test_an_epoch_that_is_not_kept_becomes_the_nearest_that_is(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.finish(9)
    bench.flush()
    monkeypatch.setattr(type(session.runs[0]), "kept_epochs", (2, 5, 9))
    bench._context.picked(1, 6)
    assert bench.branch.epoch.value == 5
    bench.branch.epoch.set_state({"value": 8})
    assert bench.branch.epoch.value == 9
    monkeypatch.setattr(type(session.runs[0]), "kept_epochs", ())
    bench._context.picked(1, 6)
    assert "No checkpoint of run 1 is kept" in bench.branch._note.value
    assert bench.branch.run.disabled


def test_a_refused_branch_is_explained_and_the_bar_stays(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.finish(5)
    bench.flush()
    bench._context.picked(1, 3)
    session.begin()  # another view of the session was quicker
    bench.branch.run.click()
    assert "Training already." in bench.branch._note.value
    assert shown(bench.branch.widget)


def test_the_bar_goes_with_its_run(bench: Workbench, session: FakeSession) -> None:
    session.finish(5)
    bench.flush()
    bench._context.picked(1, 3)
    session.delete(1)
    bench.flush()
    assert not shown(bench.branch.widget)


def test_two_runs_are_compared(bench: Workbench, session: FakeSession) -> None:
    session.finish(5, low=0.5)
    bench.flush()
    assert not shown(bench.compare.widget)
    session.set("learning_rate", 0.01)
    session.finish(5, low=0.3)
    bench.flush()
    bench.runs._act("tick", {"run": 1, "shown": True})
    bench.flush()
    assert shown(bench.compare.widget)
    assert bench.compare.comparison is not None and bench.compare.comparison.fair
    assert "Compare run 1 and run 2: Fair" in bench.compare._fold.toggle.description
    page = bench.compare._page.value
    assert "<td>0.001</td><td>0.01</td>" in page
    assert page.index("Validation loss after epoch 5") < page.index("Other metrics")
    bench.language = "zh"
    assert "比较第 1 次运行和第 2 次运行" in bench.compare._fold.toggle.description
    session.finish(5)
    bench.flush()
    bench.runs._act("tick", {"run": 2, "shown": True})
    bench.flush()
    assert not shown(bench.compare.widget)


def test_a_name_in_a_comparison_is_no_markup(bench: Workbench, session: FakeSession) -> None:
    session.finish(5)
    session.finish(5)
    session.label(1, name="<script>")
    bench.flush()
    bench.runs._act("tick", {"run": 1, "shown": True})
    bench.flush()
    session.label(2, name="{braces}")
    bench.flush()
    assert "<script>" not in bench.compare._page.value
    assert "{braces}" in bench.compare._fold.toggle.description


def test_checkpoints_tell_their_size_and_take_a_budget(bench: Workbench, session: FakeSession) -> None:
    assert not shown(bench.checkpoints.widget)
    session.finish()
    bench.flush()
    assert shown(bench.checkpoints.widget)
    assert "12 MB" in bench.checkpoints._memory.value
    assert bench.checkpoints.budget.value == 128
    bench.checkpoints.budget.set_state({"value": 64})
    assert session.checkpoints.budget == 64 * 2**20
    session.checkpoints.memory_bytes, session.checkpoints.disk_bytes = 3 * 2**19, 2**21
    session.emit(EpochEnded(1, epoch=5, last_step=282, logs={"loss": 0.1}))
    bench.flush()
    assert "1.5 MB" in bench.checkpoints._memory.value
    assert "2.0 MB on disk" in bench.checkpoints._disk.value
