"""The optimizer race: its form, its runs on the chart, its table, what is taken over from it."""

from __future__ import annotations

import pytest

from kerastune_widget.core.events import RunEnded
from kerastune_widget.core.race import RaceRow
from kerastune_widget.core.text import Text
from kerastune_widget.errors import HyperparameterError
from kerastune_widget.ui.panels._race_table import race_table, ranked
from kerastune_widget.ui.panels.race import RacePanel
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession

ROWS = (
    RaceRow("adam", 1, 0.01, "val_accuracy", 0.91, 5, 3, 0.9, ((0.001, 0.8), (0.01, 0.91))),
    RaceRow("sgd", 2, 0.1, "val_accuracy", 0.95, 4, 2, 0.9, ((0.01, 0.7), (0.1, 0.95), (1.0, float("nan")))),
)


@pytest.fixture
def panel(bench: Workbench) -> RacePanel:
    return bench.lab.section(RacePanel)


def race_of_two(bench: Workbench, session: FakeSession) -> None:
    """Start a race and let both of its runs end."""
    race = session.start_race(("adam", "sgd"))
    for optimizer in race.optimizers:
        session.settings = session.settings.replace(optimizer=optimizer)
        race.runs.append(len(session.runs) + 1)
        session.begin(5)
        bench.flush()
        session.emit(RunEnded(race.runs[-1], status="finished"))
    race.rows, race.ended = ROWS, True
    session.emit(RunEnded(race.runs[-1], status="finished"))
    bench.flush()


def test_it_starts_with_usual_optimizers_and_the_present_one(panel: RacePanel, session: FakeSession) -> None:
    assert panel.form.optimizers.values == ["adam", "sgd", "rmsprop"]
    assert panel.start.description == "Start race (3 runs)"
    panel.start.click()
    assert session.calls[-1] == ("start_race", ["adam", "sgd", "rmsprop"], {"rates": "tuned", "sensitivity": ()})


def test_what_is_chosen_is_what_is_run(panel: RacePanel, session: FakeSession) -> None:
    panel.form.optimizers.boxes["rmsprop"].value = False
    panel.form.rates.value = "common"
    panel.form.sensitivity.value = True
    assert panel.start.description == "Start race (6 runs)"
    panel.start.click()
    assert session.calls[-1] == ("start_race", ["adam", "sgd"], {"rates": "common", "sensitivity": (0.1, 10.0)})
    panel.form.optimizers.boxes["sgd"].value = False
    assert panel.start.disabled and "two" in panel.start.tooltip


def test_its_runs_are_drawn_together(bench: Workbench, session: FakeSession, panel: RacePanel) -> None:
    session.finish()
    race_of_two(bench, session)
    assert bench._context.selection.shown == (2, 3)
    assert panel._line.value.endswith("2 of 2 runs ended.</span>")
    titles = {series.id: series.title.en for series in bench.curves.spec().series}
    assert (titles["2/loss"], titles["3/loss"]) == ("Adam · training", "SGD · training")
    session.finish()
    bench.flush()
    assert bench._context.selection.shown == (4,)


def test_runs_at_other_rates_leave_the_chart_to_the_others(bench: Workbench, session: FakeSession) -> None:
    race_of_two(bench, session)
    session.races[-1].ended = False
    session.races[-1].runs.append(3)
    session.begin(5)
    bench.flush()
    assert bench._context.selection.shown == (1, 2) and bench._context.selection.focus == 2
    assert bench._context.run.number == 3  # buttons and progress speak of the run that trains


def test_it_tells_which_run_it_is_at(bench: Workbench, session: FakeSession, panel: RacePanel) -> None:
    race = session.start_race(("adam", "sgd"))
    race.testing = True
    panel.translate()
    assert "Finding a rate" in panel._line.value
    race.testing = False
    race.runs.append(1)
    session.begin(5)
    bench.flush()
    assert "Run 1 of 2: Adam" in panel._line.value
    assert panel.start.disabled and not panel.stop.disabled
    assert "kerastune-training" not in bench.controls.widget._dom_classes  # a change acts on later runs only
    panel.stop.click()
    assert session.calls[-1] == ("stop",)


def test_the_table_is_one_and_says_who_is_first(bench: Workbench, session: FakeSession, panel: RacePanel) -> None:
    race_of_two(bench, session)
    assert [row.optimizer for row in ranked(ROWS)] == ["sgd", "adam"]
    table = panel._table.value
    assert table.count('<th scope="row">') == 2 and table.count('<th scope="col">') == 5
    assert table.index("SGD") < table.index("★ best") < table.index("Adam")
    assert "Best validation accuracy" in table and "Epochs to 0.9" in table and "0.95 (epoch 4)" in table
    bench.language = "zh"
    assert "最佳验证准确率" in panel._table.value and "0.95 (第 4 轮)" in panel._table.value


def test_a_run_without_a_value_comes_last(session: FakeSession) -> None:
    rows = [
        RaceRow("adam", 1, 0.01, "loss"),
        RaceRow("sgd", 2, 0.1, "loss", 0.4, 1),
        RaceRow("rmsprop", 3, 1.0, "loss", 0.3, 1),
    ]
    assert [row.optimizer for row in ranked(rows)] == ["rmsprop", "sgd", "adam"]
    assert "<td>–</td>" in race_table(rows, session.controls, "en")


def test_one_is_taken_over_with_its_rate(bench: Workbench, session: FakeSession, panel: RacePanel) -> None:
    race_of_two(bench, session)
    assert panel.use.description == "Use SGD at 0.1"
    panel.choice.value = "adam"
    assert panel.use.description == "Use Adam at 0.01"
    panel.use.click()
    assert (session.settings["optimizer"], session.settings["learning_rate"]) == ("adam", 0.01)
    assert "Set: Adam, learning rate 0.01." in panel._line.value


def test_its_sensitivity_has_a_plot(bench: Workbench, session: FakeSession, panel: RacePanel) -> None:
    assert panel.chart is None
    race_of_two(bench, session)
    spec = panel.chart.spec()
    colours = bench._context.selection.colours
    assert spec.x_log
    assert {series.id: series.colour for series in spec.series} == {"adam": colours[1], "sgd": colours[2]}


def test_what_is_worth_knowing_is_said(bench: Workbench, session: FakeSession, panel: RacePanel) -> None:
    race_of_two(bench, session)
    session.races[-1].notices = [Text(en="No <clear> valley.", zh="没有明显的谷底。")]
    panel.translate()
    assert "No &lt;clear&gt; valley." in panel._note.value and panel._note.layout.display is None


def test_a_refused_race_says_why(session: FakeSession, panel: RacePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise HyperparameterError(Text(en="No <such> optimizer.", zh="没有这个优化器。"))

    monkeypatch.setattr(session, "start_race", refuse)
    panel.start.click()
    assert "No &lt;such&gt; optimizer." in panel._note.value and not panel.start.disabled
