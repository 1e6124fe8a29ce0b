"""The table of runs and what is done with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kerastune_widget.core.events import EpochEnded, RunEnded, RunRequested, RunStarted
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, healthy, overfitting, steps_ended


@pytest.fixture
def sent(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(bench.runs.table, "send", lambda content, buffers=None: messages.append(content))
    return messages


def act(bench: Workbench, action: str, **content: Any) -> dict[str, Any]:
    """Do what the page asks for; return what the table then shows."""
    bench.runs.table._handle_custom_msg({"action": action, **content}, [])
    bench.flush()
    return dict(bench.runs.table.look)


def rows(bench: Workbench) -> dict[int, dict[str, Any]]:
    bench.flush()
    return {row["number"]: row for row in bench.runs.table.rows}


def test_there_is_no_table_before_the_first_run(bench: Workbench, session: FakeSession) -> None:
    assert bench.runs.widget.layout.display == "none"
    session.finish()
    bench.flush()
    assert bench.runs.widget.layout.display is None


def test_a_row_tells_settings_metric_and_epochs(bench: Workbench, session: FakeSession) -> None:
    session.finish(5, low=0.5)
    session.set("learning_rate", 0.01)
    session.finish(5, low=0.3)
    first, second = rows(bench).values()
    assert first["settings"] == {"en": "", "zh": ""}
    assert second["settings"] == {"en": "learning rate 0.01", "zh": "学习率 0.01"}
    assert second["is_best"] and not first["is_best"]
    assert second["best"] == pytest.approx(second["last"])
    assert (second["epochs"], second["planned"], second["best_epoch"]) == (5, 5, 5)
    assert bench.runs.table.look["metric"] == "val_loss"
    assert bench.runs.table.look["higher"] is False


def test_another_metric_is_shown_when_chosen(bench: Workbench, session: FakeSession) -> None:
    session.finish(5, low=0.3)
    bench.flush()
    look = act(bench, "metric", metric="val_accuracy")
    assert (look["metric"], look["higher"]) == ("val_accuracy", True)
    assert rows(bench)[1]["last"] == pytest.approx(session.runs[0].record().epochs["val_accuracy"][-1], rel=1e-5)
    assert act(bench, "metric", metric="no_such")["metric"] == "val_accuracy"


def test_while_a_run_trains_only_its_row_travels(
    bench: Workbench, session: FakeSession, sent: list[dict[str, Any]]
) -> None:
    session.finish(low=0.3)
    session.finish(low=0.4)
    session.begin(epochs=3)
    bench.flush()
    sent.clear()
    session.emit(steps_ended(3, 0, 47))
    session.emit(EpochEnded(3, epoch=0, last_step=47, logs={"loss": 1.0, "val_loss": 1.0}))
    bench.flush()
    assert [(message["kind"], message["row"]["number"]) for message in sent] == [("row", 3)]
    assert sent[0]["row"]["epochs"] == 1
    assert bench.runs.table.look["active"] == 3
    session.emit(RunEnded(3, status="stopped"))
    assert rows(bench)[3]["epochs"] == 1
    assert bench.runs.table.look["active"] is None


def test_a_page_that_appears_late_gets_the_newest_row(
    bench: Workbench, session: FakeSession, sent: list[dict[str, Any]]
) -> None:
    session.begin(epochs=3)
    bench.flush()
    session.emit(EpochEnded(1, epoch=0, last_step=47, logs={"loss": 1.0}))
    bench.flush()
    sent.clear()
    act(bench, "ready")
    assert [message["row"]["epochs"] for message in sent] == [1]


def test_ticking_overlays_a_run(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    session.finish()
    bench.flush()
    look = act(bench, "tick", run=1, shown=True)
    assert (look["shown"], look["focus"]) == ([1, 2], 2)
    assert set(look["colours"]) == {"1", "2"}
    assert {curve.id.split("/")[0] for curve in bench.curves.chart.spec().series} == {"1", "2"}
    assert act(bench, "only", run=1)["shown"] == [1]


def test_looking_at_a_run_shows_its_findings(bench: Workbench, session: FakeSession) -> None:
    session.finish().findings = [overfitting(0.5)]
    session.finish().findings = [healthy()]
    bench.flush()
    assert [code for code, card in bench.diagnosis.cards.items() if card.widget.layout.display is None] == ["KT110"]
    act(bench, "look", run=1)
    assert [code for code, card in bench.diagnosis.cards.items() if card.widget.layout.display is None] == ["KT101"]


def test_a_run_is_named_noted_and_pinned(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    act(bench, "rename", run=1, name="  <b>wide</b> ")
    act(bench, "note", run=1, note="twice the units")
    act(bench, "pin", run=1, pinned=True)
    row = rows(bench)[1]
    assert (row["name"], row["note"], row["pinned"]) == ("<b>wide</b>", "twice the units", True)


def test_settings_go_back_into_the_controls(bench: Workbench, session: FakeSession) -> None:
    session.set("learning_rate", 0.05)
    session.finish()
    session.set("learning_rate", 0.2)
    look = act(bench, "settings", run=1)
    assert bench.controls.rows["learning_rate"].field.text.value == "0.05"
    assert look["said"]["en"] == "The controls stand at the settings of run 1."


def test_a_run_goes_on_and_its_weights_are_adopted(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    session.finish()
    act(bench, "adopt", run=1)
    act(bench, "continue", run=1)
    assert session.calls[-2:] == [("adopt", 1), ("continue_run", 1)]


def test_while_an_older_run_goes_on_the_workbench_speaks_of_it(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    session.finish()
    session.events.publish(RunRequested(1))
    session.emit(RunStarted(1, first_epoch=5, epochs=8))
    bench.flush()
    assert "Run 1 · training" in bench.header._title.value
    assert bench.runs.table.look["active"] == bench.runs.table.look["focus"] == 1
    session.emit(RunEnded(1, status="finished"))
    bench.flush()
    assert "Run 1 · finished" in bench.header._title.value


def test_what_is_refused_is_said_in_words(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    session.begin()
    bench.flush()
    assert act(bench, "delete", run=2)["complaint"]["zh"] == "该运行正在训练；请先停止。"
    assert act(bench, "look", run=1)["complaint"]["en"] == ""
    assert "no run 9" in act(bench, "adopt", run=9)["complaint"]["en"]


def test_a_deleted_run_can_be_brought_back(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    session.finish()
    session.label(1, name="wide")
    bench.flush()
    assert act(bench, "delete", run=1)["deleted"] == {"number": 1, "name": "wide"}
    assert list(rows(bench)) == [2]
    assert act(bench, "undo")["deleted"] is None
    assert list(rows(bench)) == [1, 2]


def test_the_last_run_can_be_deleted_and_the_way_back_stays(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    look = act(bench, "delete", run=1)
    assert look["deleted"] is not None and look["focus"] is None
    assert bench.runs.widget.layout.display is None
    assert "ready" in bench.header._title.value
    assert act(bench, "dismiss")["deleted"] is None
    assert bench.runs.widget.layout.display == "none"


def test_code_is_sent_and_never_kept(bench: Workbench, session: FakeSession, sent: list[dict[str, Any]]) -> None:
    session.finish()
    act(bench, "code", run=1)
    assert sent[-1] == {"kind": "code", "run": 1, "code": session.runs[0].to_code()}
    assert "as code" not in json.dumps(bench.runs.table.get_state(["rows", "look", "view"]))


@pytest.mark.parametrize("content", [None, "ready", {}, {"action": 3}, {"action": "__init__"}, {"action": "close"}])
def test_nonsense_from_the_page_is_ignored(bench: Workbench, session: FakeSession, content: Any) -> None:
    session.finish()
    bench.flush()
    before = dict(bench.runs.table.look)
    bench.runs.table._handle_custom_msg(content, [])
    bench.flush()
    assert bench.runs.table.look == before


def test_a_hundred_runs_leave_a_small_state(bench: Workbench, session: FakeSession) -> None:
    for number in range(1, 101):
        session.set("learning_rate", number / 1000)
        session.set("dropout", {"dropout_1": 0.3, "dropout_2": 0.5})
        session.finish(3, low=1 / number)
        session.label(number, name=f"number {number}", note="tried with a lower dropout")
    bench.flush()
    assert len(bench.runs.table.rows) == 100
    assert len(json.dumps(bench.runs.table.get_state(["rows", "look"])).encode()) < 60_000


def test_without_our_javascript_there_is_a_plain_table_and_a_list(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    session.finish()
    bench.flush()
    still = bench.runs.still
    assert still.widget.layout.display is None
    assert "<td>Run 2" in still._table.value
    assert [label for label, _ in still.list.options] == ["Run 2", "Run 1"]
    still.list.set_state({"index": 1})
    still.buttons["toggle"].click()
    assert bench.runs.table.look["shown"] == [1, 2]
    still.buttons["adopt"].click()
    assert "has the weights of run 1" in still._message.value
    still.buttons["delete"].click()
    bench.flush()
    assert still.list.options == (("Run 2", 2),)
    still.buttons["undo"].click()
    bench.flush()
    assert len(still.list.options) == 2
    act(bench, "ready")
    assert still.widget.layout.display == "none"
    assert still._table.value == ""


def test_a_closed_session_offers_nothing(session: FakeSession) -> None:
    session.finish()
    session.can_train = False
    bench = Workbench(session)
    assert bench.runs.table.look["can_train"] is False
    assert all(button.disabled for button in (bench.buttons.run, bench.buttons.more))
    bench.close()
