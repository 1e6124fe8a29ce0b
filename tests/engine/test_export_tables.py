"""Runs in formats that other tools read."""

from __future__ import annotations

import csv
import json
import math
import sys
from io import StringIO
from types import SimpleNamespace

import numpy as np
import pytest

from kerastune_widget.core.history import Change
from kerastune_widget.core.text import Text
from kerastune_widget.engine.export import tables
from kerastune_widget.engine.export.exports import RunExports, SessionExports
from kerastune_widget.engine.export.tensorboard import to_tensorboard
from kerastune_widget.errors import KerasTuneError
from tests.core.runs import STEPS, branch_off, make_run

THIRD = 1 / 3  # needs every digit of a float64


def overfitting():
    return SimpleNamespace(
        code="KT101",
        name="overfitting",
        severity="warning",
        span=(0, 1),
        evidence={"best": np.float64(0.5), "never": math.nan, "what": Text(en="loss", zh="损失")},
        title=lambda language="en": "Overfitting",
        message=lambda language="en": "It memorises.",
        advice=lambda language="en": "Stop earlier.",
    )


@pytest.fixture
def runs():
    parent = make_run(1, [3.0, THIRD], name='a "name", with\nall', note="注", findings=[overfitting()])
    child = branch_off(parent, 2, 1, [math.nan, math.inf], learning_rate=0.1)
    other = make_run(3, [], settings={"dropout": {"dense": 0.5}}, status="failed", error="no", started_at=0.0)
    return [parent, child, other]


def read_csv(text):
    return list(csv.DictReader(StringIO(text, newline="")))


class TestCsv:
    def test_one_line_a_run_with_full_precision(self, runs):
        first, second, third = read_csv(tables.to_csv(runs))
        assert float(first["best.val_loss"]) == float(first["last.val_loss"]) == THIRD
        assert first["best_epoch.val_loss"] == "2" and first["name"] == runs[0].name and first["note"] == "注"
        assert (second["parent"], second["parent_epochs"]) == ("1", "1")
        assert (second["settings.learning_rate"], first["settings.learning_rate"]) == ("0.1", "0.001")
        assert json.loads(third["settings.dropout"]) == {"dense": 0.5} and first["settings.dropout"] == ""
        assert third["started_at"] == "1970-01-01T00:00:00+00:00" and third["error"] == "no"
        assert (first["verdict_code"], third["verdict_code"]) == ("KT101", "")

    def test_a_branch_lists_only_its_own_changes(self, runs):
        later = make_run(4, changes=[Change(STEPS, 1, "learning_rate", 0.001, 0.01)])
        lines = read_csv(tables.to_csv([*runs, later]))
        assert lines[1]["changes"] == ""
        assert lines[3]["changes"] == "epoch 2 (step 5): learning_rate 0.001 → 0.01"

    def test_every_number_of_every_curve(self, runs):
        rows = read_csv(tables.to_csv(runs[:1], curves=True))
        losses = [row for row in rows if (row["kind"], row["name"]) == ("epoch", "val_loss")]
        assert [(row["position"], row["epoch"], float(row["value"])) for row in losses] == [
            ("1", "1", 3.0),
            ("2", "2", THIRD),
        ]
        steps = [row for row in rows if (row["kind"], row["name"]) == ("step", "loss")]
        assert [row["epoch"] for row in steps] == ["1"] * STEPS + ["2"] * STEPS
        assert [float(row["value"]) for row in steps] == runs[0].history.steps["loss"].tolist()
        assert {row["name"] for row in rows if row["kind"] == "step"} == {"loss", "learning_rate"}

    def test_into_a_file_that_is_replaced(self, runs, tmp_path):
        path = tmp_path / "runs.csv"
        path.write_text("old" * 10_000)
        assert tables.to_csv(runs, path) is None
        assert path.read_text(encoding="utf-8") == tables.to_csv(runs)

    def test_no_runs(self):
        assert tables.to_csv([]) == "number\n"
        assert read_csv(tables.to_csv([], curves=True)) == []


class TestJson:
    def test_it_is_strict_and_whole(self, runs):
        def refuse(word):
            raise AssertionError(f"{word} is no JSON")

        first, second, third = json.loads(tables.to_json(runs), parse_constant=refuse)
        assert first["epochs"]["val_loss"] == [3.0, THIRD] and first["steps"]["loss"][-1] == THIRD
        assert second["epochs"]["val_loss"] == [3.0, None, None] and second["branch_step"] == STEPS
        assert (second["settings"]["learning_rate"], second["start_settings"]["learning_rate"]) == (0.1, 0.001)
        assert second["changes"] == [{"step": STEPS, "epoch": 1, "name": "learning_rate", "old": 0.001, "new": 0.1}]
        assert third["status"] == "failed" and third["epoch_ends"] == []
        assert first["findings"][0]["evidence"] == {"best": 0.5, "never": None, "what": "loss"}

    def test_one_run_is_an_object(self, runs, tmp_path):
        path = tmp_path / "run.json"
        assert tables.run_to_json(runs[0], path) is None
        assert json.loads(path.read_text(encoding="utf-8")) == json.loads(tables.to_json(runs))[0]


class TestPandas:
    def test_one_row_a_run(self, runs):
        frame = tables.to_pandas(runs)
        assert list(frame.index) == [1, 2, 3] and frame.index.name == "number"
        assert frame.loc[1, "best.val_loss"] == THIRD and frame.loc[2, "settings.learning_rate"] == 0.1

    def test_every_number(self, runs):
        frame = tables.to_pandas(runs, curves=True)
        found = frame[(frame.run == 1) & (frame.kind == "epoch") & (frame.name == "val_loss")]
        assert found.value.tolist() == [3.0, THIRD]

    def test_one_runs_numbers(self, runs):
        epochs, steps = tables.run_to_pandas(runs[0]), tables.run_to_pandas(runs[0], steps=True)
        assert list(epochs.columns) == ["loss", "val_loss"] and list(epochs.index) == [1, 2]
        assert epochs.val_loss.tolist() == [3.0, THIRD]
        assert len(steps) == 2 * STEPS and list(steps.columns) == ["loss", "learning_rate"]

    def test_a_run_as_a_table_can_be_diagnosed(self, runs):
        import kerastune_widget as kt

        assert kt.diagnose(tables.run_to_pandas(make_run(1, [3.0, 2.0, 1.0, 0.5, 0.3])))

    def test_without_pandas_the_error_says_what_to_do(self, runs, monkeypatch):
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(KerasTuneError, match="pip install pandas"):
            tables.to_pandas(runs)
        assert tables.to_csv(runs)

    def test_no_runs(self):
        assert len(tables.to_pandas([])) == 0 and len(tables.to_pandas([], curves=True)) == 0


class TestTensorBoard:
    def read(self, folder):
        accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
        events = accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
        return events.Reload()

    def test_scalars_come_back(self, runs, tmp_path):
        assert to_tensorboard(runs, tmp_path / "tb") == tmp_path / "tb"
        assert sorted(path.name for path in (tmp_path / "tb").iterdir()) == ["run-1", "run-2", "run-3"]
        events = self.read(tmp_path / "tb" / "run-1")
        assert events.Tags()["scalars"] == ["epoch/loss", "epoch/val_loss", "step/loss", "step/learning_rate"]
        losses = events.Scalars("epoch/val_loss")
        assert [one.step for one in losses] == [1, 2]
        assert [one.value for one in losses] == pytest.approx([3.0, THIRD])
        steps = events.Scalars("step/loss")
        assert [one.step for one in steps] == list(range(1, 2 * STEPS + 1))
        np.testing.assert_allclose([one.value for one in steps], runs[0].history.steps["loss"], rtol=1e-6)

    def test_numbers_keep_the_time_when_they_came_about(self, runs, tmp_path):
        to_tensorboard(runs, tmp_path)
        times = [one.wall_time for one in self.read(tmp_path / "run-1").Scalars("step/loss")]
        assert times == sorted(times)
        began, seconds = runs[0].started_at, runs[0].seconds
        assert times[-1] == pytest.approx(began + seconds) and times[0] == pytest.approx(began + seconds / (2 * STEPS))

    def test_settings_are_text(self, runs, tmp_path):
        to_tensorboard(runs, tmp_path)
        events = self.read(tmp_path / "run-3")
        (text,) = events.Tensors("settings")
        words = text.tensor_proto.string_val[0].decode()
        assert "| learning_rate | 0.001 |" in words and "| dropout | dense 0.5 |" in words
        assert events.SummaryMetadata("settings").plugin_data.plugin_name == "text"
        assert (
            "It memorises." in self.read(tmp_path / "run-1").Tensors("diagnosis")[0].tensor_proto.string_val[0].decode()
        )

    def test_writing_again_replaces(self, runs, tmp_path):
        for _ in range(2):
            to_tensorboard(runs[:1], tmp_path)
        assert len(self.read(tmp_path / "run-1").Scalars("epoch/val_loss")) == 2

    def test_epochs_alone(self, runs, tmp_path):
        to_tensorboard(runs[:1], tmp_path, steps=False)
        assert self.read(tmp_path / "run-1").Tags()["scalars"] == ["epoch/loss", "epoch/val_loss"]

    def test_files_of_others_stay(self, runs, tmp_path):
        theirs = tmp_path / "run-1" / "events.out.tfevents.1.theirs"
        theirs.parent.mkdir()
        theirs.write_bytes(b"")
        to_tensorboard(runs[:1], tmp_path)
        assert theirs.exists()


def test_methods_hand_on_everything(runs, tmp_path):
    class Bench(SessionExports):
        pass

    Bench.runs = property(lambda self: runs)
    bench = Bench()
    assert bench.to_csv() == tables.to_csv(runs) and bench.to_csv(curves=True) == tables.to_csv(runs, curves=True)
    assert bench.to_json() == tables.to_json(runs)
    assert bench.to_pandas().equals(tables.to_pandas(runs))
    assert len(bench.to_pandas(curves=True)) == len(tables.to_pandas(runs, curves=True))
    assert (bench.to_tensorboard(tmp_path / "t", steps=False) / "run-2").is_dir()
    assert RunExports.to_json(runs[0]) == tables.run_to_json(runs[0])
    assert len(RunExports.to_pandas(runs[0], steps=True)) == 2 * STEPS
