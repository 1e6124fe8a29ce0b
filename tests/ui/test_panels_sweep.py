"""The sweep: its values, its progress, its plot and its best value."""

from __future__ import annotations

from typing import Any

import pytest

from kerastune_widget.core.events import EpochEnded, RunEnded, RunRequested
from kerastune_widget.errors import HyperparameterError
from kerastune_widget.ui.panels._sweep_values import can_sweep, grid, read, written
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import CONTROLS, FakeSession, FakeSweep

COSINE = "cosine(warmup_epochs=2.0, decay_epochs=3.0)"
SPECS = {spec.name: spec for spec in CONTROLS}


def write(bench: Workbench, words: str) -> None:
    """Write values as a browser does: no drawing comes between the field and its handler."""
    bench.sweep.values.set_state({"value": words})


def test_a_control_that_acts_beside_another_is_not_swept() -> None:
    assert not can_sweep(SPECS["min_delta"])


def test_a_choice_with_parameters_reads_by_its_title(bench: Workbench, session: FakeSession) -> None:
    session.set("schedule", COSINE)
    choose(bench, "schedule")
    assert bench.sweep.values.value == f"constant, {COSINE}, piecewise"
    write(bench, f"constant, {COSINE}")
    bench.sweep.run.click()
    for value, low in zip(session.sweeps[-1].values, (0.5, 0.3), strict=True):
        session.sweeps[-1].runs.append(len(session.runs) + 1)
        session.settings = session.settings.replace(schedule=value)
        session.finish(low=low)
    bench.flush()
    spec = bench.sweep.chart.spec()
    assert [label.text.get("en") for label in spec.x_labels][1].startswith("cosine decay (warm-up 2 epochs, ")
    assert bench.sweep.use.description.startswith("Use cosine decay (warm-up")


def choose(bench: Workbench, name: str) -> None:
    bench.sweep.control.set_state({"index": list(bench.sweep._specs).index(name)})


@pytest.mark.parametrize(
    ("name", "present", "expected"),
    [
        ("learning_rate", 0.001, [0.0001, 0.0003, 0.001, 0.003, 0.01]),
        ("learning_rate", 1e-12, [1e-12, 3e-12, 1e-11]),
        ("batch_size", 32, [8, 16, 32, 64, 128]),
        ("batch_size", 1, [1, 2, 4, 8, 16]),
        ("batch_size", 1000, [64, 128, 256, 512, 1024]),
        ("optimizer", "adam", ["adam", "sgd", "rmsprop"]),
        ("dropout", 0.2, [0.0, 0.1, 0.2, 0.3, 0.4]),
        ("dropout", {"dropout_1": 0.5}, [0.0, 0.1, 0.2, 0.3, 0.4]),
        ("epochs", 10, [2, 5, 10, 20, 40]),
        ("seed", 7, [7, 8, 9, 10, 11]),
        ("shuffle", True, [False, True]),
        ("l2", None, [0.0, 0.01, 0.02, 0.03, 0.04]),
        ("schedule", COSINE, ["constant", COSINE, "piecewise"]),
    ],
)
def test_the_grid_stands_around_the_present_setting(name: str, present: Any, expected: list[Any]) -> None:
    assert grid(SPECS[name], present) == expected
    assert [SPECS[name].check(value) for value in grid(SPECS[name], present)] == grid(SPECS[name], present)


@pytest.mark.parametrize("name", [spec.name for spec in CONTROLS if can_sweep(spec)])
def test_a_grid_reads_as_it_was_written(name: str) -> None:
    values = grid(SPECS[name], SPECS[name].default)
    assert read(SPECS[name], written(values)) == values


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("learning_rate", " 1e-3，0.01; 0.1 0.1", [0.001, 0.01, 0.1]),
        ("optimizer", "SGD, adam", ["sgd", "adam"]),
        ("shuffle", "on off", [True, False]),
        ("shuffle", "开、关", [True, False]),
        ("l2", "none, 0.01", [None, 0.01]),
        ("start", "same new", ["same", "new"]),
        ("schedule", "constant, cosine(warmup_epochs=2, decay_epochs=3)", ["constant", COSINE]),
        ("schedule", "piecewise (boundaries=(1, 2)) constant", ["piecewise(boundaries=(1, 2))", "constant"]),
    ],
)
def test_values_are_read_as_a_person_writes_them(name: str, words: str, expected: list[Any]) -> None:
    assert read(SPECS[name], words) == expected


@pytest.mark.parametrize(
    ("name", "words", "hint"),
    [
        ("learning_rate", "0.1, fast", "'fast'"),
        ("learning_rate", "0.1, -1", "'-1'"),
        ("learning_rate", "", "received 0"),
        ("learning_rate", "0.1", "received 1"),
        ("seed", " ".join(map(str, range(51))), "received 51"),
        ("optimizer", "adam, adm", "Did you mean 'adam'"),
        ("batch_size", "32, 2.5", "2.5"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(name: str, words: str, hint: str) -> None:
    with pytest.raises(HyperparameterError, match="received") as refusal:
        read(SPECS[name], words)
    assert hint in str(refusal.value)


def test_what_cannot_be_changed_cannot_be_swept() -> None:
    assert not can_sweep(SPECS["momentum"])


def test_the_form_follows_the_setting_until_a_person_writes(bench: Workbench, session: FakeSession) -> None:
    assert bench.sweep.values.value == "0.0001, 0.0003, 0.001, 0.003, 0.01"
    assert bench.sweep.run.description == "Run sweep (5 runs)"
    session.set("learning_rate", 0.01)
    bench.flush()
    assert bench.sweep.values.value == "0.001, 0.003, 0.01, 0.03, 0.1"
    write(bench, "0.5, 0.7")
    session.set("learning_rate", 0.1)
    bench.flush()
    assert bench.sweep.values.value == "0.5, 0.7"
    assert bench.sweep.run.description == "Run sweep (2 runs)"
    write(bench, "")
    assert bench.sweep.values.value == "0.01, 0.03, 0.1, 0.3, 1"


def test_another_control_brings_its_own_values(bench: Workbench) -> None:
    write(bench, "0.5, 0.7")
    choose(bench, "optimizer")
    assert bench.sweep.values.value == "adam, sgd, rmsprop"


def test_wrong_values_are_explained_and_not_run(bench: Workbench, session: FakeSession) -> None:
    write(bench, "0.1, <b>")
    assert bench.sweep.run.disabled
    assert "&lt;b&gt;" in bench.sweep._note.value
    bench.language = "zh"
    assert "学习率" in bench.sweep._note.value
    write(bench, "0.1, 0.2")
    assert not bench.sweep.run.disabled
    assert bench.sweep._note.layout.display == "none"


def test_a_click_starts_it(bench: Workbench, session: FakeSession) -> None:
    choose(bench, "batch_size")
    write(bench, "16 32")
    bench.sweep.run.click()
    assert session.calls[-1] == ("start_sweep", "batch_size", [16, 32])


def test_while_training_none_can_be_started(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    bench.flush()
    assert bench.sweep.run.disabled


def test_progress_plot_and_best_value(bench: Workbench, session: FakeSession) -> None:
    sweep = FakeSweep(1, "learning_rate", [0.1, 0.01, 0.001])
    session.sweeps.append(sweep)
    assert bench.sweep.chart is None
    for low in (0.5, 0.2):
        run = session.finish(3, low=low, sweep=1)
        sweep.runs.append(run.number)
        session.events.publish(RunRequested(run.number))
    third = session.begin(3, sweep=1)
    sweep.runs.append(third.number)
    session.events.publish(RunRequested(third.number))
    bench.flush()
    assert "Run 3 of 3: learning rate 0.001" in bench.sweep._progress.value
    (curve,) = bench.sweep.chart.spec().series
    assert sorted(curve.x.tolist()) == pytest.approx([0.01, 0.1])
    assert bench.sweep.use.description == "Use 0.01"
    bench.sweep.use.click()
    assert session.settings["learning_rate"] == 0.01


def test_a_choice_is_called_as_its_control_calls_it(bench: Workbench, session: FakeSession) -> None:
    sweep = FakeSweep(1, "optimizer", ["adam", "rmsprop"], ended=True)
    session.sweeps.append(sweep)
    for low in (0.5, 0.2):
        run = session.finish(3, low=low, sweep=1)
        sweep.runs.append(run.number)
        session.events.publish(RunRequested(run.number))
    bench.flush()
    assert bench.sweep.use.description == "Use RMSprop"


def test_a_real_sweep_is_followed_to_its_end() -> None:
    session = FakeSession(pace=0)
    session.set("epochs", 2)
    bench = Workbench(session)
    write(bench, "0.1, 0.2")
    bench.sweep.run.click()
    session.wait()
    bench.flush()
    assert "2 of 2 runs: learning rate" in bench.sweep._progress.value
    assert bench.runs.table.look["shown"] == [1, 2]
    bench.close()


def test_a_run_continued_later_has_no_advantage_in_its_sweep(bench: Workbench, session: FakeSession) -> None:
    session.set("epochs", 3)
    sweep = FakeSweep(1, "learning_rate", [0.1, 0.01], ended=True)
    session.sweeps.append(sweep)
    for low in (0.2, 0.5):
        sweep.runs.append(session.finish(3, low=low, sweep=1).number)
    session.emit(EpochEnded(2, epoch=3, last_step=188, logs={"loss": 0.01, "val_loss": 0.01}))
    session.emit(RunEnded(2, status="finished"))
    bench.flush()
    assert bench.sweep.use.description == "Use 0.1"


def test_the_plot_shows_the_metric_of_the_table(bench: Workbench, session: FakeSession) -> None:
    sweep = FakeSweep(1, "optimizer", ["adam", "sgd"], ended=True)
    session.sweeps.append(sweep)
    for low in (0.2, 0.5):
        sweep.runs.append(session.finish(3, low=low, sweep=1).number)
    bench.flush()
    bench.runs._act("metric", {"metric": "val_accuracy"})
    bench.flush()
    plot = bench.sweep.chart.spec()
    assert [axis.id for axis in plot.axes] == ["val_accuracy"]
    assert [label.text.en for label in plot.x_labels] == ["Adam", "SGD"]


def test_during_a_sweep_no_control_claims_to_act_at_once(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    bench.flush()
    assert "kerastune-training" in bench.controls.widget._dom_classes
    session.emit(RunEnded(1))
    session.sweeps.append(FakeSweep(1, "seed", [1, 2], runs=[2]))
    session.begin(sweep=1)
    bench.flush()
    assert "kerastune-training" not in bench.controls.widget._dom_classes
