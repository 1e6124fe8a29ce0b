"""What can be done with runs once there are several: sweep, label, delete, repeat, continue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from kerastune_widget.core.events import Event, RunDeleted, RunEnded, RunLabelled, RunRestored
from kerastune_widget.errors import HyperparameterError, KerasTuneError, RunError, SessionBusyError
from tests.engine.models import dropout, images, sequential


@pytest.fixture(scope="module")
def session() -> Any:
    made = kt.Session(dropout(), images(), validation_split=0.2)
    yield made
    made.close()


def equal(first: Any, second: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def numbers(session: kt.Session) -> list[int]:
    return [run.number for run in session.runs]


def test_a_sweep_runs_every_value_from_the_same_start(session: kt.Session) -> None:
    sweep = session.sweep("learning_rate", [0.001, 0.01, 0.1], epochs=2)
    runs = [session.find(number) for number in sweep.runs]
    assert sweep.ended and session.sweeps[-1] is sweep
    assert [run.hyperparameters["learning_rate"] for run in runs] == [0.001, 0.01, 0.1]
    assert {run.start_id for run in runs} == {runs[0].start_id}
    assert {run.data_id for run in runs} == {runs[0].data_id} != {""}
    assert all(run.sweep == sweep.number and run.status == "finished" for run in runs)
    alone = session.run(epochs=2, learning_rate=0.1)
    assert equal(alone.weights, runs[2].weights)


def test_stop_ends_the_whole_sweep(session: kt.Session) -> None:
    sweep = session.start_sweep("learning_rate", [0.001, 0.01], epochs=5000)
    with pytest.raises(SessionBusyError):
        session.start()
    session.stop()
    assert session.wait(30)
    assert sweep.ended and len(sweep.runs) == 1
    assert session.find(sweep.runs[0]).status == "stopped"


def test_settings_moved_during_a_sweep_are_for_later(session: kt.Session) -> None:
    sweep = session.start_sweep("batch_size", [8, 16], epochs=3)
    session.set("learning_rate", 0.5)
    session.wait()
    assert all(not session.find(number).changes for number in sweep.runs)
    assert session.settings["learning_rate"] == 0.5
    session.set("learning_rate", 0.01)


def test_a_sweep_is_checked_before_it_starts(session: kt.Session) -> None:
    before = numbers(session)
    for values in ([], [0.1, -1], ["quick"]):
        with pytest.raises(HyperparameterError):
            session.start_sweep("learning_rate", values)
    assert numbers(session) == before and not session.training


def test_a_new_start_is_one_start_for_the_whole_sweep(session: kt.Session) -> None:
    previous = session.runs[-1]
    sweep = session.sweep("learning_rate", [0.01, 0.02], epochs=1, start="new")
    starts = {session.find(number).start_id for number in sweep.runs}
    assert len(starts) == 1 and previous.start_id not in starts


def test_labels_are_kept_and_told(session: kt.Session) -> None:
    run = session.run(epochs=1)
    told: list[Event] = []
    with session.events.subscribe(RunLabelled, told.append):
        session.label(run, name=" wide ", note="first try", pinned=True)
        session.label(run.number, name="wider")
    assert (run.name, run.note, run.pinned) == ("wider", "first try", True)
    assert [event.run for event in told] == [run.number] * 2


def test_a_deleted_run_comes_back_whole(session: kt.Session) -> None:
    run = session.run(epochs=2)
    before, weights = numbers(session), run.weights
    told: list[Event] = []
    with session.events.subscribe(RunDeleted, told.append), session.events.subscribe(RunRestored, told.append):
        session.delete(run)
        assert numbers(session) == before[:-1]
        assert session.run(epochs=1).number == run.number + 1  # no number is given twice
        assert session.undo_delete() is run
    assert [type(event) for event in told] == [RunDeleted, RunRestored]
    assert numbers(session) == [*before, run.number + 1]
    assert equal(run.weights, weights) and run.kept_epochs == (1, 2)
    assert session.undo_delete() is None


def test_a_training_run_is_not_deleted(session: kt.Session) -> None:
    run = session.start(epochs=5000)
    with pytest.raises(RunError, match="still training"):
        session.delete(run)
    session.stop()
    session.wait()
    assert run in session.runs


def test_any_run_can_be_continued(session: kt.Session) -> None:
    whole = session.run(epochs=4)
    first = session.run(epochs=2)
    session.run(epochs=1, learning_rate=0.3)
    session.continue_run(2, run=first)
    session.wait()
    assert first.epochs == 4 and equal(first.weights, whole.weights)


def test_a_failing_continuation_costs_no_finished_run(session: kt.Session) -> None:
    whole, run = session.run(epochs=4), session.run(epochs=2)
    controls = session._settings.controls
    kept = controls["dropout"]

    def fail(tunable: Any, value: Any) -> None:
        raise ZeroDivisionError

    controls["dropout"] = replace(kept, apply=fail)
    try:
        session.continue_run(2, run=run)
        session.wait()
    finally:
        controls["dropout"] = kept
    assert run.status == "failed" and run.epochs == 2 and run.has_weights
    session.continue_run(2, run=run)
    session.wait()
    assert run.status == "finished" and run.epochs == 4 and equal(run.weights, whole.weights)


def test_the_settings_of_a_run_repeat_it(session: kt.Session) -> None:
    run = session.run(epochs=2, learning_rate=0.03, seed=5, start="new")
    session.run(epochs=1, start="new", seed=9)
    session.use_settings(run)
    assert session.settings["learning_rate"] == 0.03
    again = session.run()
    assert equal(again.weights, run.weights) and again.start_id == run.start_id
    session.use_settings(session.runs[0])


def test_a_handler_of_the_end_may_start_the_next_run(session: kt.Session) -> None:
    started: list[kt.Run] = []

    def go_on(event: RunEnded) -> None:
        if not started:
            started.append(session.start(epochs=1))

    with session.events.subscribe(RunEnded, go_on):
        session.run(epochs=1)
        session.wait()
    assert started[0].status == "finished"


def test_a_run_of_another_session_is_refused(session: kt.Session) -> None:
    other = kt.Session(dropout(), images())
    theirs = other.run(epochs=1)
    for refused in (session.delete, session.use_settings, session.adopt, lambda run: session.branch(run, 1)):
        with pytest.raises(RunError, match=r"run of this session|There is no run"):
            refused(theirs)
    other.close()


def test_the_budget_is_checked(session: kt.Session) -> None:
    for budget in (-1, 1.5, True):
        with pytest.raises(KerasTuneError, match="whole number of bytes"):
            session.checkpoints.budget = budget


def test_a_sweep_of_optimizers_shares_the_rate_that_was_given(session: kt.Session) -> None:
    optimizers = [keras.optimizers.SGD(0.3), keras.optimizers.RMSprop(0.2), "adam"]
    rates = [run.hyperparameters["learning_rate"] for run in session.sweep("optimizer", optimizers, epochs=1).started]
    assert rates == [0.3, 0.2, session.settings["learning_rate"]]
    sweep = session.sweep("optimizer", optimizers, epochs=1, learning_rate=0.05)
    assert {run.hyperparameters["learning_rate"] for run in sweep.started} == {0.05}


def test_a_handler_of_the_end_may_stop_the_sweep(session: kt.Session) -> None:
    with session.events.subscribe(RunEnded, lambda event: session.stop()):
        sweep = session.sweep("learning_rate", [0.1, 0.2, 0.3], epochs=1)
    assert [run.status for run in sweep.started] == ["finished", "stopped"] and sweep.ended
    assert session.run(epochs=1).status == "finished"


def test_the_last_run_of_a_sweep_is_continued_with_what_was_set_since(session: kt.Session) -> None:
    before = session.settings["learning_rate"]
    session.sweep("batch_size", [8, 16], epochs=1)
    session.set("learning_rate", 0.5)
    run = session.continue_run(1)
    session.wait()
    session.set("learning_rate", before)
    assert [(change.name, change.new, change.epoch) for change in run.changes] == [("learning_rate", 0.5, 1)]


def test_a_run_is_found_by_a_number_of_numpy(session: kt.Session) -> None:
    run = session.run(epochs=1)
    session.label(np.int64(run.number), name="by number")  # type: ignore[arg-type]  # as pandas gives it
    assert run.name == "by number"


def test_optimizers_made_by_hand_are_told_apart_across_sessions() -> None:
    def compared_with(**options: float) -> str:
        session = kt.Session(dropout(), images())
        run = session.run(epochs=1, optimizer=keras.optimizers.Adam(0.01, **options))
        session.close()
        return str(run.hyperparameters["optimizer"])

    assert compared_with(beta_1=0.5) == compared_with(beta_1=0.5) != compared_with(beta_1=0.1)


def test_runs_of_models_compiled_otherwise_are_not_compared_as_equals() -> None:
    made = [kt.Session(sequential(optimizer=keras.optimizers.Adam(0.01, epsilon=e)), images()) for e in (1e-7, 0.5)]
    first, second = (session.run(epochs=1) for session in made)
    assert kt.compare(first, second).verdict == "unfair"
    assert "model" in str(kt.compare(first, second).headline)
    for session in made:
        session.close()
