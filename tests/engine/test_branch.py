"""A branch goes on exactly from where another run stood."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import kerastune_widget as kt
from kerastune_widget.errors import HyperparameterError, RunError
from tests.engine.models import dense, dropout, images

Weights = list[np.ndarray[Any, Any]]


@pytest.fixture(scope="module")
def session() -> Any:
    made = kt.Session(dropout(), images(300), validation_data=images(60))
    yield made
    made.close()


def equal(first: Weights, second: Weights) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def branch(session: kt.Session, *args: Any, **settings: Any) -> kt.Run:
    run = session.branch(*args, **settings)
    session.wait()
    assert run.exception is None
    return run


def test_an_unchanged_branch_repeats_the_run_bit_for_bit(session: kt.Session) -> None:
    whole = session.run(epochs=5)
    branched = branch(session, whole, 2, epochs=3)
    assert equal(whole.weights, branched.weights)
    assert branched.history == whole.history
    assert np.array_equal(branched.steps["loss"], whole.steps["loss"])
    assert branched.changes == ()
    assert branched.parent is not None and (branched.parent.run, branched.parent.epochs) == (whole.number, 2)
    assert branched.record().branch_step == whole.record().epoch_ends[1]


def test_a_changed_branch_differs_from_the_branching_on_only(session: kt.Session) -> None:
    whole = session.run(epochs=4)
    branched = branch(session, whole.number, 2, epochs=2, learning_rate=0.1, batch_size=50)
    step = whole.record().epoch_ends[1]
    assert np.array_equal(branched.steps["loss"][:step], whole.steps["loss"][:step])
    assert not np.array_equal(branched.steps["loss"][step : step + 5], whole.steps["loss"][step : step + 5])
    assert {(change.step, change.name, change.new) for change in branched.changes} == {
        (step, "learning_rate", 0.1),
        (step, "batch_size", 50),
    }
    assert branched.hyperparameters["learning_rate"] == 0.1
    assert branched.start_settings["learning_rate"] == whole.hyperparameters["learning_rate"]
    assert branched.start_id == whole.start_id != ""


def test_a_branch_of_a_branch_and_one_of_its_first_epochs(session: kt.Session) -> None:
    whole = session.run(epochs=4)
    first = branch(session, whole, 2, epochs=2, learning_rate=0.01)
    second = branch(session, first, 3, epochs=1)
    assert equal(second.weights, first.weights)
    early = branch(session, first, 1, epochs=3)
    assert early.parent is not None and early.parent.run == whole.number
    assert equal(early.weights, whole.weights)


def test_mid_run_changes_before_the_branching_are_taken_over(session: kt.Session) -> None:
    run = session.start(epochs=6)
    session.set("learning_rate", 0.02)
    session.wait()
    session.set("learning_rate", 0.001)
    branched = branch(session, run, 3, epochs=3)
    assert equal(branched.weights, run.weights)
    assert branched.changes == run.changes


def test_another_optimizer_dropout_or_seed_can_be_branched_to(session: kt.Session) -> None:
    whole = session.run(epochs=3)
    for changed in ({"optimizer": "sgd", "learning_rate": 0.1}, {"seed": 7}, {"dropout": 0.5}, {"shuffle": False}):
        branched = branch(session, whole, 1, epochs=2, **changed)
        assert branched.status == "finished", changed
        assert not equal(branched.weights, whole.weights), changed


def test_dropout_can_be_inserted_at_a_branch() -> None:
    session = kt.Session(dense(), images(100))
    whole = session.run(epochs=2)
    branched = branch(session, whole, 1, epochs=1, dropout=0.5)
    assert branched.status == "finished" and not equal(branched.weights, whole.weights)
    assert equal(branch(session, whole, 1, epochs=1).weights, whole.weights)
    session.close()


def test_what_cannot_be_branched_is_refused_in_words(session: kt.Session) -> None:
    run = session.run(epochs=2)
    with pytest.raises(RunError, match=r"after epoch 9; a checkpoint is kept after \[1, 2\]"):
        session.branch(run, 9)
    with pytest.raises(HyperparameterError, match="start cannot be set"):
        session.branch(run, 1, start="new")
    with pytest.raises(RunError, match="no run 99"):
        session.branch(99, 1)


def test_checkpoints_beyond_the_budget_go_to_disk_and_come_back(session: kt.Session) -> None:
    run = session.run(epochs=4)
    before = session.checkpoints.memory_bytes
    assert before > 0 and session.checkpoints.disk_bytes == 0
    budget = session.checkpoints.budget
    session.checkpoints.budget = 0
    try:
        branched = branch(session, run, 2, epochs=2)
        assert session.checkpoints.disk_bytes > 0
        assert session.checkpoints.memory_bytes < before
        assert equal(branched.weights, run.weights)
    finally:
        session.checkpoints.budget = budget


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_both_loops_branch_exactly(loop: Any) -> None:
    session = kt.Session(dropout(), images(100), loop=loop)
    whole = session.run(epochs=3)
    assert equal(branch(session, whole, 1, epochs=2).weights, whole.weights)
    session.close()
