"""The run log: what was written is found again, to the last bit, and a session goes on from it."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget import errors
from kerastune_widget.core.events import Event, RunDeleted, RunLabelled, RunRestored
from tests.engine.models import dense, dropout, functional, images, own_loss, sequential, two_inputs_and_outputs

DATA = images()


def bits(series):
    return {name: np.asarray(values, np.float64).tobytes() for name, values in series.items()}


def assert_same_run(one, other):
    first, second = one.record(), other.record()
    assert {n: list(map(repr, v)) for n, v in first.epochs.items()} == {
        n: list(map(repr, v)) for n, v in second.epochs.items()
    }
    assert bits(first.steps) == bits(second.steps)
    assert first.learning_rates.tobytes() == second.learning_rates.tobytes()
    assert repr(first.signals) == repr(second.signals)
    for name in ("epoch_ends", "changes", "status", "planned_epochs", "branch_step", "facts", "model", "data"):
        assert getattr(first, name) == getattr(second, name), name
    names = "number name note pinned parent sweep hyperparameters start_settings start_id data_id started_at seconds"
    for name in (*names.split(), "error", "traceback", "status"):
        assert getattr(one, name) == getattr(other, name), name


def assert_same_weights(weights, others):
    assert len(weights) == len(others)
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("log") / "runs"


@pytest.fixture(scope="module")
def written(folder):
    """A closed session that did a little of everything."""
    keras.utils.set_random_seed(0)
    session = kt.Session(dropout(), DATA, validation_split=0.2, log_dir=folder)
    first = session.run(epochs=3)
    session.run(epochs=2, learning_rate=0.1, dropout=0.1)
    session.branch(first, first.kept_epochs[-1], epochs=2, learning_rate=0.001, batch_size=16)
    session.wait()
    session.sweep("learning_rate", [0.1, 0.2], epochs=1)
    session.continue_run(2, run=2)
    session.wait()
    session.label(2, name="高 rate", note='"quoted"\nline', pinned=True)
    session.delete(5)
    session.delete(1)
    session.close()
    return session


def test_every_run_is_found_again_to_the_last_bit(written, folder):
    saved = kt.Session.load(folder)
    assert [run.number for run in saved.runs] == [2, 3, 4]
    for number in range(1, 6):
        assert_same_run(written.find(number), saved.find(number))
        assert saved.find(number).findings == written.find(number).findings
    assert [(sweep.name, sweep.values, sweep.runs, sweep.ended) for sweep in saved.sweeps] == [
        ("learning_rate", (0.1, 0.2), (4, 5), True)
    ]
    assert saved.defaults == written.defaults


def test_weights_come_back_too(written, folder):
    saved = kt.Session.load(folder)
    for number in (2, 3):
        assert_same_weights(written.find(number).weights, saved.find(number).weights)
        assert_same_weights(written.find(number).start_weights, saved.find(number).start_weights)
    x = DATA[0][:5]
    np.testing.assert_array_equal(
        saved.find(2).model.predict(x, verbose=0), written.find(2).model.predict(x, verbose=0)
    )


def test_everything_on_disk_is_strict_json(written, folder):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    documents = [path.read_text("utf-8") for path in folder.rglob("*.json")]
    lines = [line for path in folder.rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert len(documents) == 1 + 5 and lines
    for text in (*documents, *lines):
        json.loads(text, parse_constant=refuse)


def test_nan_and_infinity_survive(tmp_path):
    session = kt.Session(dense(), DATA, validation_split=0.2, log_dir=tmp_path)
    run = session.run(epochs=3, optimizer="sgd", learning_rate=1e6)
    session.close()
    assert run.status == "diverged" and not np.isfinite(run.steps["loss"]).all()
    assert_same_run(run, kt.Session.load(tmp_path).runs[0])


def test_a_session_goes_on_where_the_log_ended(tmp_path):
    keras.utils.set_random_seed(0)
    model = functional()
    whole = kt.Session(model, two_inputs_and_outputs(), validation_split=0.2)
    unbroken = whole.run(epochs=2)
    whole.continue_run(2)
    whole.wait()

    before = kt.Session(model, two_inputs_and_outputs(), validation_split=0.2, log_dir=tmp_path)
    before.run(epochs=2)
    before.close()
    session = kt.Session.load(tmp_path, model, two_inputs_and_outputs(), validation_split=0.2)
    run = session.runs[0]
    assert session.continue_run(2) is run
    session.wait()
    assert run.history == unbroken.history
    assert_same_weights(run.weights, unbroken.weights)
    assert session.run(epochs=1).number == 2
    session.close()

    again = kt.Session.load(tmp_path, model, two_inputs_and_outputs(), validation_split=0.2)
    assert_same_run(again.runs[0], run)
    assert again.runs[0].kept_epochs == (2, 4), "each of its ends can be branched from"
    again.close()


def test_a_loaded_run_is_branched_as_one_in_memory_is(tmp_path):
    keras.utils.set_random_seed(0)
    session = kt.Session(dropout(), DATA, validation_split=0.2, log_dir=tmp_path)
    parent = session.run(epochs=2)
    expected = session.branch(parent, 2, epochs=2, learning_rate=0.001)
    session.wait()
    session.close()
    loaded = kt.Session.load(tmp_path, data=DATA, validation_split=0.2)
    branched = loaded.branch(1, 2, epochs=2, learning_rate=0.001)
    loaded.wait()
    assert branched.number == 3 and branched.history == expected.history
    assert branched.record().changes == expected.record().changes
    loaded.use_settings(1)
    assert loaded.run().history == parent.history, "the same settings and start give the same curve"
    loaded.close()


def test_a_relative_folder_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = kt.Session(dense(), DATA, log_dir="runs")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run = session.run(epochs=1)
    session.close()
    assert_same_run(run, kt.Session.load("../runs").runs[0])


def test_the_same_folder_again_goes_on_counting(tmp_path):
    for expected in (1, 2, 3):
        session = kt.Session(dense(), DATA, log_dir=tmp_path)
        assert session.log_dir == tmp_path
        assert session.run(epochs=1).number == expected
        session.close()


def test_labels_are_written_back_from_a_session_that_only_reads(tmp_path):
    session = kt.Session(dense(), DATA, log_dir=tmp_path)
    for _ in range(2):
        session.run(epochs=1)
    session.close()
    saved = kt.Session.load(tmp_path)
    seen = []
    saved.events.subscribe(Event, seen.append)
    saved.label(1, name=" best ", note="看", pinned=True)
    saved.delete(2)
    assert [run.number for run in kt.Session.load(tmp_path).runs] == [1]
    again = kt.Session.load(tmp_path)
    assert (again.runs[0].name, again.runs[0].note, again.runs[0].pinned) == ("best", "看", True)
    assert again.undo_delete().number == 2
    assert [run.number for run in kt.Session.load(tmp_path).runs] == [1, 2]
    assert again.undo_delete() is None
    assert [type(event) for event in seen] == [RunLabelled, RunDeleted]
    events = []
    again.events.subscribe(RunRestored, events.append)
    again.delete(1)
    again.undo_delete()
    assert [event.run for event in events] == [1]


@pytest.mark.parametrize(
    "act",
    [
        lambda saved: saved.start(epochs=1),
        lambda saved: saved.run(epochs=1),
        lambda saved: saved.continue_run(1),
        lambda saved: saved.branch(1, 1),
        lambda saved: saved.start_sweep("seed", [1]),
        lambda saved: saved.sweep("seed", [1]),
        lambda saved: saved.set("seed", 1),
        lambda saved: saved.adopt(1),
        lambda saved: saved.use_settings(1),
    ],
)
def test_without_data_nothing_trains_and_it_says_what_to_do(written, folder, act):
    saved = kt.Session.load(folder)
    with pytest.raises(errors.RunError, match=r"Load them with data: kt\.Session\.load") as caught:
        act(saved)
    assert "连同数据" in caught.value.text.get("zh")
    assert not saved.can_train and not saved.training and not saved.controls


def test_what_is_missing_is_said(written, folder, tmp_path):
    with pytest.raises(errors.LogError, match="There is no log in"):
        kt.Session.load(tmp_path / "nowhere")
    with pytest.raises(errors.LogError, match="validation_split given without data"):
        kt.Session.load(folder, validation_split=0.2)
    with pytest.raises(errors.LogError, match="must be a folder"):
        (tmp_path / "file").write_text("")
        kt.Session(dense(), DATA, log_dir=tmp_path / "file")


def test_a_model_that_needs_code_of_its_own_must_be_given(tmp_path):
    model = dense(loss=own_loss)
    session = kt.Session(model, DATA, log_dir=tmp_path)
    run = session.run(epochs=1)
    session.close()
    with pytest.raises(errors.LogError, match=r"Session\.load\('.*', model, data\)"):
        kt.Session.load(tmp_path, data=DATA)
    loaded = kt.Session.load(tmp_path, model, DATA)
    assert_same_run(run, loaded.runs[0])
    loaded.close()


def test_weights_of_another_model_are_not_taken(tmp_path):
    session = kt.Session(dense(), DATA, log_dir=tmp_path)
    session.run(epochs=1)
    session.close()
    other = kt.Session.load(tmp_path, sequential(layers.Dense(7)), DATA)
    assert other.runs[0].epochs == 1, "its curves are shown all the same"
    with pytest.raises(errors.RunError, match="of another shape"):
        other.continue_run(1)
    other.close()


def test_a_failed_run_is_kept_with_its_report(tmp_path):
    class Failing(keras.Sequential):
        def train_step(self, data):
            raise RuntimeError("boom")

    def build():
        model = Failing([keras.Input((64,)), layers.Dense(4)])
        model.compile("sgd", loss="sparse_categorical_crossentropy")
        return model

    session = kt.Session(build, DATA, log_dir=tmp_path)
    run = session.start(epochs=1)
    session.wait()
    session.close()
    saved = kt.Session.load(tmp_path).runs[0]
    assert saved.status == "failed" and "boom" in saved.error
    assert_same_run(run, saved)


def test_a_log_is_read_beside_the_session_that_writes_it(tmp_path):
    session = kt.Session(dense(), DATA, log_dir=tmp_path)
    for number in (1, 2):
        run = session.run(epochs=1)
        saved = kt.Session.load(tmp_path)
        assert len(saved.runs) == number and saved.log_notices == ()
        assert_same_run(run, saved.runs[-1])
        assert_same_weights(run.weights, saved.runs[-1].weights)
    session.start(epochs=100_000)
    reading = kt.Session.load(tmp_path)
    assert "may still be going on" in reading.log_notices[0].get("en")
    session.close()
