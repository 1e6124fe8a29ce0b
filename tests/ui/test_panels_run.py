"""Buttons, progress, header and failure over the life of a run."""

from __future__ import annotations

import pytest

from kerastune_widget.core.events import EpochEnded, RunEnded, RunPaused, RunQueued, RunResumed, RunStarted
from kerastune_widget.errors import HyperparameterError, SessionBusyError
from kerastune_widget.ui.panels._pace import Pace
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, steps_ended


def enabled(bench: Workbench) -> str:
    bench.flush()
    names = ("run", "pause", "stop", "more")
    return " ".join(name for name in names if not getattr(bench.buttons, name).disabled)


def test_the_buttons_follow_the_run(bench: Workbench, session: FakeSession) -> None:
    assert enabled(bench) == "run"
    session.begin()
    assert enabled(bench) == "pause stop"
    session.emit(RunPaused(1))
    assert enabled(bench) == "pause stop"
    assert bench.buttons.pause.description == "Resume"
    session.emit(RunResumed(1))
    assert enabled(bench) == "pause stop"
    assert bench.buttons.pause.description == "Pause"
    session.emit(RunEnded(1, status="finished"))
    assert enabled(bench) == "run more"


@pytest.mark.parametrize(("status", "buttons"), [("stopped", "run more"), ("diverged", "run"), ("failed", "run")])
def test_what_can_be_done_after_a_run(bench: Workbench, session: FakeSession, status: str, buttons: str) -> None:
    session.begin()
    session.emit(RunEnded(1, status=status, error="no"))
    assert enabled(bench) == buttons


def test_a_run_that_waits_can_be_stopped(bench: Workbench, session: FakeSession) -> None:
    session.start()
    assert enabled(bench) == "stop"
    assert "Preparing" in bench.progress.text.value
    session.events.publish(RunQueued(1))
    assert enabled(bench) == "stop"
    assert "Waiting for another training" in bench.progress.text.value


def test_clicks_reach_the_session(bench: Workbench, session: FakeSession) -> None:
    bench.buttons.run.click()
    assert enabled(bench) == "stop"
    session.emit(RunStarted(1, steps_per_epoch=10, epochs=2))
    bench.flush()
    bench.buttons.pause.click()
    session.emit(RunPaused(1))
    bench.flush()
    bench.buttons.pause.click()
    session.emit(RunResumed(1))
    bench.flush()
    bench.buttons.stop.click()
    session.emit(RunEnded(1, status="stopped"))
    bench.flush()
    bench.buttons.more.click()
    assert [call[0] for call in session.calls] == ["start", "pause", "resume", "stop", "continue_run"]


def test_a_refused_start_is_explained_and_the_button_comes_back(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise HyperparameterError("batch_size <9> is more than there are rows.")

    monkeypatch.setattr(bench.buttons, "_message", bench.buttons._message)
    bench.buttons._send(bench.buttons.run, refuse)
    assert "&lt;9&gt;" in bench.buttons._message.value
    assert enabled(bench) == "run"


def test_a_busy_session_is_no_complaint_but_a_closed_one_is(bench: Workbench, session: FakeSession) -> None:
    def refuse() -> None:
        raise SessionBusyError("Closed or busy.")

    bench.buttons._send(bench.buttons.run, refuse)
    assert "Closed or busy." in bench.buttons._message.value
    session.begin()
    bench.flush()
    bench.buttons._send(bench.buttons.run, refuse)
    assert bench.buttons._message.layout.display == "none"


def test_progress_tells_epoch_and_loop(bench: Workbench, session: FakeSession) -> None:
    session.begin(epochs=4)
    session.emit(steps_ended(1, 0, 47))
    session.emit(EpochEnded(1, epoch=0, last_step=47, logs={"loss": 1.0}))
    session.emit(steps_ended(1, 47, 20, epoch=1))
    bench.flush()
    assert "Epoch 2 of 4" in bench.progress.text.value
    assert bench.progress.bar.value == pytest.approx((1 + 20 / 47) / 4, abs=0.01)
    assert "TensorFlow" in bench.progress.loop.value
    session.emit(RunEnded(1, status="finished", seconds=75.2))
    bench.flush()
    assert bench.progress.bar.value == 1.0
    assert "1 min 15 s" in bench.progress.text.value


def test_the_pace_measures_speed_and_time_left() -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    pace.follow(RunStarted(1, steps_per_epoch=100, epochs=2))
    for chunk in range(10):
        now[0] += 0.5
        pace.follow(steps_ended(1, chunk * 10, 10))
        pace.mark()
    assert pace.speed == pytest.approx(20)
    assert pace.seconds_left == pytest.approx(5)
    assert pace.fraction == pytest.approx(0.5)


def test_the_pace_says_nothing_of_what_came_at_once_or_while_the_model_was_made_ready() -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    pace.follow(RunStarted(1, steps_per_epoch=100, epochs=2))
    pace.mark()
    pace.follow(steps_ended(1, 0, 60))
    now[0] = 1e-5
    pace.mark()
    assert pace.speed is None
    pace.follow(RunStarted(2, steps_per_epoch=100, epochs=2))
    pace.mark()
    now[0] += 60  # the model is made ready
    pace.follow(steps_ended(2, 0, 1))
    pace.mark()
    now[0] += 1
    pace.follow(steps_ended(2, 1, 50))
    pace.mark()
    assert pace.speed == pytest.approx(50)


def test_a_branch_begins_in_the_middle() -> None:
    pace = Pace()
    pace.follow(RunStarted(1, steps_per_epoch=10, epochs=9))
    pace.follow(steps_ended(1, 0, 90))
    pace.follow(RunStarted(2, steps_per_epoch=10, first_epoch=2, epochs=4))
    pace.follow(steps_ended(2, 20, 5, epoch=2))
    assert pace.fraction == pytest.approx(2.5 / 4)
    pace.follow(EpochEnded(2, epoch=2, last_step=30))
    assert pace.steps_per_epoch == 10


def test_a_continued_run_goes_on_where_it_stood() -> None:
    pace = Pace()
    pace.follow(RunStarted(1, steps_per_epoch=10, epochs=2))
    pace.follow(steps_ended(1, 0, 10))
    pace.follow(EpochEnded(1, epoch=0, last_step=10))
    pace.follow(RunStarted(1, steps_per_epoch=10, first_epoch=1, epochs=4))
    pace.follow(steps_ended(1, 10, 5, epoch=1))
    assert pace.fraction == pytest.approx(1.5 / 4)


def test_a_failed_run_shows_message_and_folded_report(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    session.emit(RunEnded(1, status="failed", error="<b>shape</b>", traceback='File "<stdin>"\n<script>x</script>'))
    bench.flush()
    page = bench.failure.widget.value
    assert bench.failure.widget.layout.display is None
    assert "&lt;b&gt;shape&lt;/b&gt;" in page
    assert "<details><summary>" in page
    assert "<script>" not in page
    assert "still usable" in page
    session.begin()
    bench.flush()
    assert bench.failure.widget.layout.display == "none"


def test_the_header_tells_which_run_and_how_it_stands(bench: Workbench, session: FakeSession) -> None:
    assert "ready" in bench.header._title.value
    session.begin()
    bench.flush()
    assert "Run 1 · training" in bench.header._title.value


def test_a_workbench_made_late_shows_what_happened_before(session: FakeSession) -> None:
    session.begin(epochs=2)
    session.emit(steps_ended(1, 0, 47))
    session.emit(EpochEnded(1, epoch=0, last_step=47, logs={"loss": 1.0, "val_loss": 1.2}))
    late = Workbench(session)
    session.emit(steps_ended(1, 47, 10, epoch=1))
    assert enabled(late) == "pause stop"
    assert "Epoch 2 of 2" in late.progress.text.value
    assert {curve.id: len(curve.x) for curve in late.curves.chart.spec().series}["1/loss"] == 57
    late.close()
