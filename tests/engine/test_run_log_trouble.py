"""What can go wrong with a log: damage, malice, other writers, disks that are full or gone."""

from __future__ import annotations

import ast
import json
import logging
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget import errors
from tests.engine.models import dense, sequential
from tests.engine.test_run_log import DATA, assert_same_run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    session = kt.Session(dense(), DATA, log_dir=folder)
    for _ in range(3):
        session.run(epochs=2)
    session.close()
    return folder, session.runs


@pytest.fixture
def folder(original, tmp_path):
    shutil.copytree(original[0], tmp_path / "log")
    return tmp_path / "log"


def change_line(path, kind, change):
    """Change the first line of an event of this kind; return the line's number."""
    lines = path.read_bytes().split(b"\n")
    number = next(number for number, line in enumerate(lines) if f'"kind":"{kind}"'.encode() in line)
    lines[number] = change(lines[number])
    path.write_bytes(b"\n".join(lines))
    return number + 1


def with_field(**fields):
    def change(line):
        return json.dumps({**json.loads(line), **fields}).encode()

    return change


def without(name):
    def change(line):
        values = json.loads(line)
        del values[name]
        return json.dumps(values).encode()

    return change


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("RunRequested", lambda line: line[:-5], "not valid JSON"),
        ("RunStarted", lambda line: line.replace(b'"epochs":2', b'"epochs":NaN'), "not valid JSON (NaN is not JSON)"),
        ("RunStarted", with_field(loop="python"), "the field 'loop' must be one of graph, keras; found 'python'"),
        ("StepsEnded", with_field(first_step=1), "its steps begin with 1, but 0 were taken before it"),
        ("StepsEnded", with_field(first_step=True), "the field 'first_step' must be a whole number"),
        ("StepsEnded", with_field(learning_rates="AAAA"), "the field 'learning_rates' must be base64 of 8-byte floats"),
        ("StepsEnded", with_field(learning_rates=""), "it has "),
        ("StepsEnded", with_field(values=[1]), "the field 'values' must be a JSON object; found [1]"),
        ("StepsEnded", without("at"), "the field 'at' is missing"),
        ("StepsEnded", lambda line: b"[1]", "expected a JSON object; found [1]"),
        ("StepsEnded", lambda line: b"[" * 100_000, "not valid JSON"),
        ("StepsEnded", with_field(kind="os.system"), "the field 'kind' must be one of"),
        ("EpochEnded", with_field(logs={"loss": "0.1"}), "the field 'loss' must be a number; found '0.1'"),
        ("EpochEnded", with_field(last_step=9), "it ends epoch 0 at step 9, but 0 epochs and 3 steps came before it"),
        ("Probed", with_field(epochs=7), "it was measured after 7 epochs, but 0 had ended before it"),
        ("Probed", with_field(signals={"weight_norm": {"a": "1"}}), "the field 'a' must be a number; found '1'"),
        (
            "EpochEnded",
            with_field(kind="SettingChanged", step=1, name="batch_size", old=32, new="print()"),
            "the field 'new' must be a whole number",
        ),
        ("RunEnded", with_field(status="running"), "the field 'status' must be one of"),
    ],
)
def test_a_bad_line_is_named_and_only_its_run_is_left_out(original, folder, kind, change, sentence):
    path = folder / "runs" / "0002" / "events.jsonl"
    line = change_line(path, kind, change)
    saved = kt.Session.load(folder)
    assert [run.number for run in saved.runs] == [1, 3]
    for run in saved.runs:
        assert_same_run(original[1][run.number - 1], run)
    (notice,) = saved.log_notices
    assert f"Run 2 of the log is damaged and left out: {path}, line {line}: {sentence}" in notice.get("en")
    assert "已损坏" in notice.get("zh") and f"第 {line} 行" in notice.get("zh")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text[:100], "not valid JSON"),
        (lambda text: text.replace('"number": 2', '"number": 3'), "it says run 3, but lies in the folder of run 2"),
        (lambda text: text.replace('"pinned": false', '"pinned": 0'), "the field 'pinned' must be true or false"),
        (lambda text: text.replace('"epochs": 2', '"epochs": "2"'), "the field 'epochs' must be a whole number"),
        (lambda text: text.replace('"parent": null', '"parent": {"run": 2, "epochs": 1}'), "whole number from 1 to 1"),
        (lambda text: text.replace('"parent": null', '"parent": {"run": 1, "epochs": 1}'), "prefix.jsonl: it cannot"),
        (lambda text: text.replace('"name": ""', '"name": null'), "the field 'name' must be text; found None"),
    ],
)
def test_a_bad_header_is_named_and_only_its_run_is_left_out(folder, change, sentence):
    path = folder / "runs" / "0002" / "run.json"
    path.write_text(change(path.read_text()))
    saved = kt.Session.load(folder)
    assert [run.number for run in saved.runs] == [1, 3]
    assert sentence in saved.log_notices[0].get("en")


def test_the_number_of_a_damaged_run_is_not_given_again(folder):
    (folder / "runs" / "0003" / "run.json").write_text("{}")
    session = kt.Session.load(folder, data=DATA)
    assert [run.number for run in session.runs] == [1, 2] and "Run 3" in session.log_notices[-1].get("en")
    assert session.run(epochs=1).number == 4
    session.close()
    assert (folder / "runs" / "0003" / "run.json").read_text() == "{}", "what is damaged is left as it is"


def test_a_torn_last_line_is_dropped(original, folder):
    path = folder / "runs" / "0002" / "events.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    saved = kt.Session.load(folder)
    assert saved.log_notices == ()
    assert saved.find(2).status == "interrupted", "its end was what was torn off"
    assert saved.find(2).history == original[1][1].history


def test_a_run_cut_off_before_its_first_event_is_there(folder):
    (folder / "runs" / "0002" / "events.jsonl").unlink()
    (folder / "runs" / "0004").mkdir()
    saved = kt.Session.load(folder)
    assert [(run.status, run.epochs) for run in saved.runs] == [("finished", 2), ("interrupted", 0), ("finished", 2)]
    assert saved.log_notices == ()


def test_a_run_cut_off_while_it_went_on_is_branched_where_it_had_ended_before(tmp_path):
    session = kt.Session(dense(), DATA, log_dir=tmp_path)
    run = session.run(epochs=2)
    session.continue_run(2)
    session.wait()
    session.close()
    path = tmp_path / "runs" / "0001" / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines, start=1) if b'"kind":"EpochEnded"' in line]
    path.write_bytes(b"".join(lines[: ends[2]]))
    loaded = kt.Session.load(tmp_path, data=DATA)
    cut_off = loaded.runs[0]
    assert cut_off.status == "interrupted" and not cut_off.has_weights
    assert cut_off.epochs == 3 and cut_off.kept_epochs == (2,)
    assert cut_off.history["loss"] == run.history["loss"][:3]
    branched = loaded.branch(1, 2, epochs=2)
    loaded.wait()
    assert branched.history == run.history, "it is what the cut-off run would have become"
    loaded.close()


def test_a_later_format_is_refused(folder):
    about = folder / "kerastune.json"
    about.write_text(about.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(errors.LogError, match=r"format 2, and this version of .* reads format 1; upgrade"):
        kt.Session.load(folder)
    with pytest.raises(errors.LogError, match="format 2"):
        kt.Session(dense(), DATA, log_dir=folder)


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_arrays_are_never_unpickled(folder, tmp_path):
    went_off = tmp_path / "went off"
    bomb = np.array([Bomb(went_off)], dtype=object)
    first, second = (next((folder / "runs" / number).glob("end-*.npz")) for number in ("0001", "0002"))
    np.savez(first, weights_0=bomb, optimizer=np.array("adam"))
    second.write_bytes(pickle.dumps(Bomb(went_off)))
    for number in (1, 2):
        run = kt.Session.load(folder).find(number)
        with pytest.raises(errors.RunError, match=f"weights of run {number} cannot be read"):
            _ = run.weights
    assert not went_off.exists()


def test_a_models_code_is_never_run_whatever_keras_was_told(folder, tmp_path):
    went_off = tmp_path / "went off"
    model = sequential(layers.Lambda(lambda x, path=str(went_off): (open(path, "w"), x)[1]))
    model.save(folder / "model.keras")
    went_off.unlink(missing_ok=True)
    with (
        keras.src.saving.serialization_lib.SafeModeScope(safe_mode=False),
        pytest.raises(errors.LogError, match="safe mode, which runs no code from a file"),
    ):
        kt.Session.load(folder, data=DATA)
    assert not went_off.exists()


# ---------------------------------------------------------------- two writers

HOLDER = """
import sys
import kerastune_widget as kt
from tests.engine.models import dense, images
session = kt.Session(dense(), images(), log_dir=sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_who_writes_and_a_dead_one_is_taken_over(folder):
    command = [sys.executable, "-c", HOLDER, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as other:
        assert other.stdout.readline() == b"ready\n"
        with pytest.raises(errors.LogError, match=rf"written to by another session \(process {other.pid} on"):
            kt.Session(dense(), DATA, log_dir=folder)
        reading = kt.Session.load(folder)
        assert f"Process {other.pid} is writing" in reading.log_notices[-1].get("en")
        with pytest.raises(errors.LogError, match="written to by another session"):
            reading.label(1, name="mine")
        assert reading.find(1).name == ""
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        session = kt.Session(dense(), DATA, log_dir=folder)
        assert len(session.runs) == 3
        session.close()


def test_an_idle_session_of_the_same_kernel_gives_way_one_that_trains_does_not(folder):
    first = kt.Session(dense(), DATA, log_dir=folder)
    first.start(epochs=100_000)
    with pytest.raises(errors.LogError, match="written to by another session"):
        kt.Session(dense(), DATA, log_dir=folder)
    first.stop()
    first.wait()
    second = kt.Session(dense(), DATA, log_dir=folder)
    assert [run.number for run in second.runs] == [1, 2, 3, 4]
    assert "newer session" in first.log_notices[-1].get("en")
    assert first.run(epochs=1).status == "finished", "it trains on, unwritten"
    assert second.run(epochs=1).number == 5
    first.close()
    second.close()
    assert [run.number for run in kt.Session.load(folder).runs] == [1, 2, 3, 4, 5]


# ---------------------------------------------------------------- disks


def test_a_folder_that_vanishes_stops_nothing_and_the_run_is_written_whole_at_its_end(tmp_path, caplog):
    folder = tmp_path / "log"
    session = kt.Session(dense(), DATA, log_dir=folder)
    with caplog.at_level(logging.WARNING, "kerastune_widget"):
        run = session.start(epochs=300)
        while run.epochs < 2:
            time.sleep(0.005)
        shutil.rmtree(folder / "runs")
        seen = wait_for_notice(session)
        session.wait()
    session.close()
    assert run.status == "finished" and run.epochs == 300
    assert "Run 1 is not being written" in seen.get("en") and "训练不受影响" in seen.get("zh")
    assert len([record for record in caplog.records if record.name.startswith("kerastune_widget")]) == 1
    assert session.log_notices == ()
    assert_same_run(run, kt.Session.load(folder).runs[0])


def wait_for_notice(session):
    while not session.log_notices:
        assert session.training, "it ended without a word"
        time.sleep(0.005)
    return session.log_notices[-1]


def test_a_full_disk_stops_nothing(tmp_path):
    first = kt.Session(dense(), DATA, log_dir=tmp_path)
    parent = first.run(epochs=2)
    first.close()
    session = kt.Session.load(tmp_path, data=DATA)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # no file may grow beyond this
        run = session.branch(1, 2, epochs=60, learning_rate=0.001)
        assert "Run 2 is not" in wait_for_notice(session).get("en")
        session.wait()
        while "Run 2 is not whole" not in session.log_notices[-1].get("en"):
            time.sleep(0.01)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert run.status == "finished"
    torn = kt.Session.load(tmp_path)
    assert torn.find(2).status == "interrupted" and 2 <= torn.find(2).epochs < 62
    assert_same_run(parent, torn.find(1))

    session.continue_run(1)
    session.wait()
    session.close()
    assert session.log_notices == (), "there is room again, so that everything was written anew"
    assert_same_run(run, kt.Session.load(tmp_path).find(2))
    assert run.epochs == 63 and run.record().branch_step == 6


def test_names_of_a_log_never_become_code(folder):
    path = folder / "runs" / "0001" / "events.jsonl"
    change_line(path, "EpochEnded", with_field(logs={'loss"""+print()+"""': 0.5}))
    session = kt.Session.load(folder, data=DATA)
    session.label(1, name="\x00a\\\nb")
    (text,) = (node for node in ast.walk(ast.parse(session.find(1).to_code())) if isinstance(node, ast.Module))
    assert "print()" in ast.get_docstring(text)
    session.close()


def test_another_metric_is_no_obstacle_another_optimizer_is_named(folder):
    session = kt.Session.load(folder, dense(metrics=("accuracy", "sparse_top_k_categorical_accuracy")), DATA)
    assert session.branch(1, 2, epochs=1).ended.wait(60) and session.runs[-1].status == "finished"
    session.close()
    session = kt.Session.load(folder, dense(optimizer=keras.optimizers.Adam(amsgrad=True)), DATA)
    assert session.branch(1, 2, epochs=1).ended.wait(60)
    assert "optimizer 'adam' is set up in another way" in session.runs[-1].error
    session.close()


def test_the_code_of_a_run_whose_optimizer_was_made_by_hand_is_refused_in_words(tmp_path):
    session = kt.Session(dense(), DATA, log_dir=tmp_path)
    session.run(epochs=1, optimizer=keras.optimizers.Adam(beta_1=0.5))
    session.close()
    session = kt.Session.load(tmp_path, dense(), DATA)
    with pytest.raises(errors.RunError, match=r"made by hand in another session, 'adam_\w+'"):
        session.find(1).to_code()
    session.close()


def test_the_same_start_is_that_of_the_last_run_of_the_log(tmp_path):
    session = kt.Session(dense(), DATA, log_dir=tmp_path)
    starts = [session.run(epochs=1, start=start).start_id for start in ("same", "new")]
    session.close()
    session = kt.Session.load(tmp_path, data=DATA)
    assert starts[0] != session.run(epochs=1).start_id == starts[1]
    session.close()
