"""Several runs on one chart, live: nothing is lost, whatever comes and goes beside the run that trains."""

from __future__ import annotations

import numpy as np
import pytest

from kerastune_widget.core.events import EpochEnded, RunEnded
from kerastune_widget.core.plot import Series
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, steps_ended


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(pace=0.0)


def curves(bench: Workbench) -> dict[str, Series]:
    bench.flush()
    return {curve.id: curve for curve in bench.curves.chart.spec().series}


def runs_shown(bench: Workbench) -> list[int]:
    return sorted({int(name.split("/")[0]) for name in curves(bench)})


def tick(bench: Workbench, number: int, shown: bool = True) -> None:
    with bench._context.lock:
        bench._context.selection.tick(number, shown)


def test_only_the_newest_run_is_shown_by_default_in_the_colours_of_one_run(
    bench: Workbench, session: FakeSession
) -> None:
    session.run(epochs=2)
    session.run(epochs=1)
    assert runs_shown(bench) == [2]
    series = bench.curves.chart.spec().to_json()["series"]
    assert [part["hue"] for part in series if part["axis"] == "loss"] == [0, 1]


def test_a_ticked_run_is_drawn_beside_the_newest_in_a_colour_of_its_own(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=2)
    session.run(epochs=1)
    bench.flush()
    tick(bench, 1)
    shown = curves(bench)
    assert {name: len(shown[name].x) for name in ("1/loss", "2/loss")} == {"1/loss": 94, "2/loss": 47}
    assert shown["1/loss"].colour != shown["2/loss"].colour
    tick(bench, 1, False)
    assert runs_shown(bench) == [2]


def test_overlays_that_come_and_go_while_it_trains_lose_no_point(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=2)
    session.begin(epochs=9)
    expected = []
    for number in range(30):
        chunk = steps_ended(2, 10 * number, 10)
        session.emit(chunk)
        expected.append(chunk.values["loss"])
        if number % 5 == 0:
            tick(bench, 1, number % 2 == 0)
        if number % 3 == 0:
            bench.flush()
    found = curves(bench)["2/loss"]
    np.testing.assert_array_equal(found.x, np.arange(1, 301))
    np.testing.assert_array_equal(found.y, np.concatenate(expected).astype(np.float32))


def test_the_page_keeps_what_it_has_when_an_overlay_comes(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.run(epochs=2)
    session.run(epochs=1)
    bench.flush()
    sent = []
    monkeypatch.setattr(bench.curves.chart._chart, "send", lambda content, buffers: sent.append(content))
    tick(bench, 1)
    bench.flush()
    reshaped = next(content for content in sent if "spec" in content)
    assert reshaped["kind"] == "delta"
    assert {part["id"]: part["start"] for part in reshaped["curves"]}["2/loss"] == 47


def test_the_old_picture_stays_until_the_new_run_has_numbers(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=1)
    bench.flush()
    session.begin()
    assert runs_shown(bench) == [1]
    session.emit(steps_ended(2, 0, 10))
    assert len(curves(bench)["2/loss"].x) == 10


def test_a_run_that_ends_without_numbers_leaves_an_empty_chart(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=1)
    bench.flush()
    session.begin()
    session.emit(RunEnded(2, status="failed", error="no"))
    assert all(len(curve.x) == 0 for curve in curves(bench).values())


def test_a_branch_is_drawn_from_its_fork_on_and_goes_on_live(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=4)
    session.branch(1, 2, epochs=3)
    session.wait()
    shown = curves(bench)
    assert runs_shown(bench) == [1, 2]
    assert shown["2/loss"].since == shown["2/val_loss"].since == 94
    assert shown["1/loss"].since is None
    np.testing.assert_array_equal(shown["2/loss"].x, np.arange(1, len(shown["2/loss"].x) + 1))
    assert len(shown["2/loss"].x) > 94


def test_each_run_of_a_sweep_is_drawn_whole(bench: Workbench, session: FakeSession) -> None:
    session.start_sweep("learning_rate", [0.1, 0.01, 0.001], epochs=2)
    session.wait()
    assert {name: len(curve.x) for name, curve in curves(bench).items() if name.endswith("/loss")} == {
        "1/loss": 94,
        "2/loss": 94,
        "3/loss": 94,
    }


def test_an_older_run_that_is_continued_goes_on_where_it_stood(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=2)
    session.run(epochs=1)
    bench.flush()
    session.continue_run(1, run=1)
    session.wait()
    np.testing.assert_array_equal(curves(bench)["1/loss"].x, np.arange(1, 142))


def test_a_deleted_run_leaves_the_chart_and_comes_back(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=1)
    session.run(epochs=1)
    bench.flush()
    tick(bench, 1)
    assert runs_shown(bench) == [1, 2]
    session.delete(2)
    assert runs_shown(bench) == [1]
    session.undo_delete()
    bench.flush()
    tick(bench, 2)
    assert runs_shown(bench) == [1, 2]


def test_a_renamed_run_is_called_so(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=1)
    session.run(epochs=1)
    bench.flush()
    tick(bench, 1)
    session.label(1, name="slow {one}")
    assert curves(bench)["1/loss"].title.get("en") == "slow {one} · training"


def test_a_picked_epoch_reaches_whoever_branches(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=3)
    bench.flush()
    picked: list[tuple[int, int]] = []
    bench._context.picked = lambda run, epochs: picked.append((run, epochs))
    bench.curves.chart._chart._handle_custom_msg({"kind": "pick", "run": 1, "epoch": 2}, [])
    assert picked == [(1, 2)]


def test_every_kept_epoch_of_every_run_on_the_chart_can_be_picked(bench: Workbench, session: FakeSession) -> None:
    session.run(epochs=2)
    session.begin()
    session.emit(steps_ended(2, 0, 47))
    session.emit(EpochEnded(2, epoch=0, last_step=47, logs={"loss": 1.0, "val_loss": 1.0}))
    bench.flush()
    tick(bench, 1)
    bench.flush()
    content, _ = bench.curves.chart._chart._store.whole()
    assert content["picks"]["1"] == {"epochs": [1, 2], "ends": [47, 94]}
    assert content["picks"]["2"] == {"epochs": [1], "ends": [47]}
