"""Runs of a real session, compared and handed to other tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

import kerastune_widget as kt
from kerastune_widget.core.plots.runs import build
from kerastune_widget.core.run_table import run_rows
from tests.engine.models import dropout, images


@pytest.fixture(scope="module")
def session() -> Any:
    made = kt.Session(dropout(), images(200), validation_data=images(60))
    for seed in (0, 1):
        for rate in (0.001, 0.05):
            made.run(epochs=3, seed=seed, learning_rate=rate)
    made.branch(made.runs[0], 2, epochs=2, learning_rate=0.2)
    made.wait()
    yield made
    made.close()


def test_one_knob_from_one_start_is_fair(session: kt.Session) -> None:
    slow, fast = session.runs[:2]
    found = kt.compare(slow, fast, session.runs)
    assert found.fair and (found.same_data, found.same_start, found.same_order) == (True, True, True)
    loss = next(one for one in found.metrics if one.name == "val_loss")
    assert loss.last.first == slow.history["val_loss"][-1] and loss.last.second == fast.history["val_loss"][-1]
    assert loss.spread.first_runs == (1, 3) and loss.spread.second_runs == (2, 4)


def test_another_seed_is_a_repetition(session: kt.Session) -> None:
    assert kt.compare(session.runs[0], session.runs[2]).verdict == "repeat"


def test_a_branch_and_its_parent(session: kt.Session) -> None:
    parent, branch = session.runs[0], session.runs[4]
    found = kt.compare(parent, branch, session.runs)
    assert found.fair and found.shared_epochs == 2 and [one.name for one in found.settings] == ["learning_rate"]
    curves = {curve.id: curve for curve in build([parent, branch]).series}
    assert curves["5/loss"].since == parent.record().epoch_ends[1]


def test_new_weights_are_another_start(session: kt.Session) -> None:
    fresh = session.run(epochs=1, seed=5, start="new", learning_rate=0.05)
    assert "other start weights" in kt.compare(session.runs[0], fresh).headline.en
    session.delete(fresh)


def test_the_table_of_runs(session: kt.Session) -> None:
    rows = run_rows(session.runs, session.defaults, metric="val_loss")
    assert [row.number for row in rows] == [5, 4, 3, 2, 1]
    assert rows[0].settings == {"learning_rate": 0.2} and rows[-1].settings_text.en == "learning rate 0.001"
    assert sum(row.best for row in rows) == 1
    assert json.dumps([row.to_json() for row in rows], allow_nan=False)


def test_what_other_tools_read(session: kt.Session, tmp_path: Any) -> None:
    frame = session.to_pandas()
    assert frame["last.val_loss"].tolist() == [run.history["val_loss"][-1] for run in session.runs]
    assert session.to_csv().count("\n") == 6
    assert json.loads(session.to_json())[1]["epochs"] == session.runs[1].history
    assert json.loads(session.runs[1].to_json())["number"] == 2
    assert session.runs[1].to_pandas().to_dict("list") == session.runs[1].history
    session.to_tensorboard(tmp_path)
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    read = accumulator.EventAccumulator(str(tmp_path / "run-2")).Reload()
    assert [one.value for one in read.Scalars("epoch/val_loss")] == pytest.approx(session.runs[1].history["val_loss"])
