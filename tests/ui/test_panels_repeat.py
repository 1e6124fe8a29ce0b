"""Repeats, the spread by source and cross-validation: what is asked for, what is drawn, what is told."""

from __future__ import annotations

from typing import Any

import pytest

from kerastune_widget.core.repeat import RepeatRow
from kerastune_widget.core.text import Text
from kerastune_widget.errors import HyperparameterError
from kerastune_widget.ui.panels.cross_validation import CrossValidationPanel
from kerastune_widget.ui.panels.repeat import RepeatPanel
from kerastune_widget.ui.panels.spread import SpreadPanel
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


def row(seed: int, *accuracies: float, **told: Any) -> RepeatRow:
    """Return a run with these validation accuracies."""
    return RepeatRow(seed, epochs={"val_accuracy": accuracies, "val_loss": [1 - one for one in accuracies]}, **told)


@pytest.fixture
def repeat(bench: Workbench) -> RepeatPanel:
    return bench.reproducibility.section(RepeatPanel)


@pytest.fixture
def spread(bench: Workbench) -> SpreadPanel:
    return bench.reproducibility.section(SpreadPanel)


@pytest.fixture
def folds(bench: Workbench) -> CrossValidationPanel:
    return bench.reproducibility.section(CrossValidationPanel)


def test_it_starts_as_many_runs_as_are_asked_for(repeat: RepeatPanel, session: FakeSession) -> None:
    assert repeat.start.description == "Repeat (5 runs)" and repeat.stop.disabled
    repeat.count.value = 8
    repeat.start.click()
    assert session.calls[-1] == ("start_repeat", 8, {})


def test_band_and_table_grow_with_the_runs(bench: Workbench, repeat: RepeatPanel, session: FakeSession) -> None:
    repeat.start.click()
    bench.flush()
    assert "Repeated runs · training" in bench.header.widget.children[0].value
    assert repeat.chart is None and repeat.start.disabled and not repeat.stop.disabled
    session.repeated(session.repeats[0], "repeat", row(0, 0.6, 0.8))
    bench.flush()
    assert repeat.chart is not None
    assert [curve.id for curve in repeat.chart.spec().series][-2:] == ["val_loss/run 0", "val_loss/mean"]
    session.repeated(session.repeats[0], "repeat", row(1, 0.7, 0.9), row(2, 0.1, status="failed"))
    session.repeats_end(session.repeats[0], "repeat")
    bench.flush()
    assert "val_accuracy/high" in {curve.id for curve in repeat.chart.spec().series}
    table = repeat._table.value
    assert "<td>0.85</td>" in table and "0.8 (seed 0)" in table and "0.9 (seed 1)" in table
    assert "One run without a number is left out." in table and "Noise floor" in table
    assert "3 of 5 runs ended." in repeat._line.value
    assert not repeat.start.disabled and repeat.stop.disabled


def test_it_speaks_the_language_that_is_chosen(bench: Workbench, repeat: RepeatPanel, session: FakeSession) -> None:
    repeat.start.click()
    session.repeated(session.repeats[0], "repeat", row(0, 0.6), row(1, 0.7))
    bench.flush()
    bench.language = "zh"
    assert repeat.start.description == "重复（5 次运行）"
    assert "平均值" in repeat._table.value and "Mean" not in repeat._table.value


def test_what_is_refused_is_told(repeat: RepeatPanel, session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise HyperparameterError(Text(en="It <cannot> be.", zh="不行。"))

    monkeypatch.setattr(session, "start_repeat", refuse)
    repeat.start.click()
    assert "It &lt;cannot&gt; be." in repeat._note.value and not repeat.start.disabled


def test_a_repeat_that_failed_says_why(bench: Workbench, repeat: RepeatPanel, session: FakeSession) -> None:
    repeat.start.click()
    session.repeats[0].error = Text(en="No worker is left.", zh="没有可用的工作进程。")
    session.repeats_end(session.repeats[0], "repeat")
    bench.flush()
    assert "No worker is left." in repeat._note.value


def test_each_source_gets_a_bar(bench: Workbench, spread: SpreadPanel, session: FakeSession) -> None:
    assert spread.sources.values == ["weights", "order", "dropout"]
    spread.sources.boxes["dropout"].value = False
    assert spread.start.description == "Find the source (10 runs)"
    spread.start.click()
    assert session.calls[-1] == ("start_spread", 5, ["weights", "order"], {})
    weights, order = session.spreads[0].repeats
    session.repeated(weights, "spread", row(0, 0.5), row(1, 0.9))
    session.repeated(order, "spread", row(0, 0.6), row(1, 0.8))
    session.repeats_end(session.spreads[0], "spread")
    bench.flush()
    table = spread._table.value
    assert "width: 80px" in table and "80%" in table and "20%" in table
    assert "The largest share (80%) comes from initial weights." in table
    assert "4 of 10 runs ended." in spread._line.value


def test_no_source_is_no_question(spread: SpreadPanel) -> None:
    for one in spread.sources.boxes.values():
        one.value = False
    assert spread.start.disabled


def test_folds_are_overlaid(bench: Workbench, folds: CrossValidationPanel, session: FakeSession) -> None:
    folds.folds.value, folds.kind.value = 3, "stratified"
    folds.start.click()
    assert session.calls[-1] == ("start_cross_validation", 3, {"kind": "stratified"})
    session.repeated(session.cross_validations[0], "folds", row(0, 0.6, fold=0), row(0, 0.8, fold=1))
    bench.flush()
    assert folds.chart is not None
    titles = [curve.title.en for curve in folds.chart.spec().series if "/run" in curve.id]
    assert titles == ["fold 1", "fold 2"] * 2
    assert "Noise floor" not in folds._table.value and "seed" not in folds._table.value
    bench.language = "zh"
    assert folds.kind.value == "stratified"


def test_differences_below_the_noise_floor_are_greyed(bench: Workbench, session: FakeSession) -> None:
    session.finish(low=0.3)
    session.finish(low=0.31)
    bench._context.selection.tick(1, True)
    bench.flush()
    assert bench.compare.comparison is not None and "kerastune-noise" not in bench.compare._page.value
    session.floors = {one.name: 0.05 for one in bench.compare.comparison.metrics}
    session.repeats_end(session.start_repeat(), "repeat")
    bench.flush()
    assert "Below the noise floor of 0.05" in bench.compare._page.value
    assert bench.runs.table.look["floor"] == 0.05
