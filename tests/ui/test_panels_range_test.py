"""The learning-rate lab and its range test: the form, the curves, what is suggested, and what is done with it."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any

import pytest

from kerastune_widget.core.events import RunEnded
from kerastune_widget.core.text import Text
from kerastune_widget.errors import SessionBusyError
from kerastune_widget.ui.panels._range_progress import share_done
from kerastune_widget.ui.panels.range_test import RangeTestPanel
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_range_test import STEPS, FakeRangeTest
from tests.ui.fake_session import FakeSession
from tests.ui.test_panels_language import english, walk

PLAIN = {"low": 1e-6, "high": 10.0, "repeats": 3, "seconds": 30.0, "spacing": "exponential"}


@pytest.fixture
def said(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sentences: list[str] = []
    monkeypatch.setattr(bench.page.helper, "send", lambda content: sentences.append(content.get("text", "")))
    return sentences


def panel(bench: Workbench) -> RangeTestPanel:
    return bench.lab.section(RangeTestPanel)


def pick(bench: Workbench, x: Any) -> None:
    """Click the chart at a rate, as the page tells it."""
    chart = panel(bench).chart
    assert chart is not None
    chart._chart._handle_custom_msg({"kind": "pickX", "x": x}, [])


def lines(bench: Workbench, result: int = 0) -> list[str]:
    return [html.unescape(line._words.value) for line in panel(bench).results[result].lines]


def test_the_lab_costs_next_to_nothing_until_it_is_opened(bench: Workbench) -> None:
    assert len(list(walk(bench.lab.widget))) == 3
    bench.lab.fold.toggle.set_state({"value": True})
    assert panel(bench).widget in list(walk(bench.lab.widget))
    assert panel(bench).chart is None


def test_find_a_rate_opens_the_lab_and_starts(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(bench.page.helper, "send", sent.append)
    assert bench.lab.find in list(walk(bench.controls.rows["learning_rate"].widget))
    bench.lab.find.click()
    assert bench.lab.fold.toggle.value and session.calls == [("start_range_test", PLAIN)]
    bench.flush()
    assert bench.lab.find.disabled and panel(bench).start.disabled
    assert sent == [{"kind": "reveal", "name": "kerastune-range-test"}]


def test_while_it_goes_on_nothing_else_starts_and_stop_stops(bench: Workbench, session: FakeSession) -> None:
    assert panel(bench).stop.disabled
    panel(bench).start.click()
    bench.flush()
    assert "Range test 1 · running" in bench.header._title.value
    assert "Preparing" in bench.progress.text.value
    session.grow_range_test(STEPS // 2)
    bench.flush()
    assert (bench.buttons.run.disabled, bench.sweep.run.disabled, bench.buttons.stop.disabled) == (True, True, False)
    assert "curve 1 of 3" in bench.progress.text.value
    assert 0.1 < bench.progress.bar.value < 0.2
    assert "kerastune-training" not in bench.controls.widget._dom_classes  # settings act on nothing now
    panel(bench).stop.click()
    assert session.calls[-1] == ("stop",)
    session.end_range_test(stopped=True)
    bench.flush()
    assert "Stopped after 1 of 3 curves" in panel(bench)._status.value
    assert "ready" in bench.header._title.value
    assert (bench.buttons.run.disabled, panel(bench).start.disabled, panel(bench).stop.disabled) == (False, False, True)


def test_while_a_run_trains_none_can_be_started(bench: Workbench, session: FakeSession) -> None:
    panel(bench)
    session.begin()
    bench.flush()
    assert bench.lab.find.disabled and panel(bench).start.disabled
    session.emit(RunEnded(1))
    bench.flush()
    assert not bench.lab.find.disabled and not panel(bench).start.disabled
    assert "finished" in bench.header._title.value


def test_after_a_range_test_the_header_speaks_of_the_run_again(bench: Workbench, session: FakeSession) -> None:
    session.finish(2)
    bench.flush()
    session.start_range_test()
    bench.flush()
    assert "Range test 1" in bench.header._title.value
    session.end_range_test()
    bench.flush()
    assert "Run 1 · finished" in bench.header._title.value
    assert not bench.buttons.more.disabled
    assert bench.progress.bar.value == 1.0


def test_the_curve_grows_on_an_axis_that_stands_still(bench: Workbench, session: FakeSession) -> None:
    panel(bench).begin()
    counts, ends = [], set()
    for _ in range(3):
        session.grow_range_test(15)
        bench.flush()
        spec = panel(bench).chart.spec()
        counts.append(len(spec.series[-1].x))
        ends.add(spec.x_range)
    assert counts == [15, 30, 45]
    assert ends == {(1e-6, 10.0)}


def test_each_method_has_a_line_with_rate_uncertainty_and_reason(bench: Workbench, session: FakeSession) -> None:
    panel(bench).begin()
    session.end_range_test()
    bench.flush()
    first, *others, last = lines(bench)
    assert "<b>Recommended</b>" in first and ">0.0031<" in first and "0.0016 – 0.0063" in first
    assert "falls most steeply" in first
    assert len(others) == 3
    assert "<b>Slide</b>" in last and "no answer" in last
    shown = [line.apply.layout.display for line in panel(bench).results[0].lines]
    assert shown == [None] * 4 + ["none"]
    assert "0.0003 to 0.01" in panel(bench).results[0]._schedules.value
    assert next(mark.text.en for mark in panel(bench).chart.spec().annotations) == "Recommended: 0.0031"


def test_apply_sets_the_rate_and_says_so(bench: Workbench, session: FakeSession, said: list[str]) -> None:
    panel(bench).begin()
    session.end_range_test()
    bench.flush()
    assert said == ["Take 0.0031."]
    line = panel(bench).results[0].lines[0]
    assert line.apply.description == "Apply 0.0031"
    line.apply.click()
    bench.flush()
    assert session.settings["learning_rate"] == 0.0031
    assert said[-1] == "Learning rate set to 0.0031."
    assert "Learning rate set to 0.0031." in panel(bench)._status.value
    assert (line.apply.disabled, line.apply.description) == (True, "Applied")
    session.set("learning_rate", 0.1)
    bench.flush()
    assert (line.apply.disabled, line.apply.description) == (False, "Apply 0.0031")


def test_apply_goes_back_to_the_optimizer_that_was_tested(bench: Workbench, session: FakeSession) -> None:
    panel(bench).begin()
    session.end_range_test()
    session.set("optimizer", "sgd")
    bench.flush()
    panel(bench).results[0].lines[0].apply.click()
    assert (session.settings["optimizer"], session.settings["learning_rate"]) == ("adam", 0.0031)
    assert "Optimizer set to Adam." in panel(bench)._status.value


@pytest.mark.parametrize(("x", "rate"), [(0.0021449, 0.0021), (0.96, 0.96), (3.14159e-5, 3.1e-5)])
def test_a_click_on_the_curve_sets_the_rate(
    bench: Workbench, session: FakeSession, said: list[str], x: float, rate: float
) -> None:
    panel(bench).begin()
    session.end_range_test()
    bench.flush()
    pick(bench, x)
    bench.flush()
    assert session.settings["learning_rate"] == rate
    assert float(bench.controls.rows["learning_rate"].field.text.value) == rate
    assert said[-1] == f"Learning rate set to {bench.controls.rows['learning_rate'].field.text.value}."


@pytest.mark.parametrize("x", [None, "0.1", float("nan"), float("inf"), -1.0, 0.0])
def test_a_click_that_is_no_rate_sets_nothing(bench: Workbench, session: FakeSession, x: Any) -> None:
    panel(bench).begin()
    session.end_range_test()
    bench.flush()
    pick(bench, x)
    assert session.settings["learning_rate"] == 0.001


def test_no_clear_valley_is_told_plainly(bench: Workbench, session: FakeSession, said: list[str]) -> None:
    panel(bench).begin()
    session.end_range_test(rate=None)
    bench.flush()
    result = panel(bench).results[0]
    assert "kerastune-unclear" in result._verdict.value and "No clear valley" in result._verdict.value
    assert result._schedules.layout.display == "none"
    assert all(line.widget.layout.display == "none" for line in result.lines)
    assert result._others.widget.layout.display == "none"
    assert "A click on the chart sets a rate all the same." in panel(bench)._status.value
    assert said[-1].startswith("No clear valley")
    assert list(panel(bench).chart.spec().annotations) == []


def test_without_a_rate_to_take_the_answers_of_other_methods_are_folded_away(
    bench: Workbench, session: FakeSession
) -> None:
    panel(bench).begin()
    session.end_range_test(rate=None)
    first, *others = session.range_tests[0].results[0].suggestions
    others[1] = replace(others[1], rate=0.02)
    session.range_tests[0].results[0] = replace(session.range_tests[0].results[0], suggestions=(first, *others))
    bench.flush()
    view = panel(bench).results[0]
    assert view.lines[2].widget in view._others.body.children
    assert [line.widget.layout.display for line in view.lines] == ["none", "none", None, "none", "none"]
    view.lines[2].apply.click()
    assert session.settings["learning_rate"] == 0.02


def test_several_optimizers_are_overlaid_and_each_has_its_own_suggestion(
    bench: Workbench, session: FakeSession
) -> None:
    form = panel(bench).form
    form.optimizers.boxes["sgd"].set_state({"value": True})
    form.sizes.set_state({"value": "16, 64"})
    assert form.fold.toggle.description == "What to test · 12 curves"
    panel(bench).start.click()
    asked = {**PLAIN, "optimizers": ["adam", "sgd"], "batch_sizes": [16, 64]}
    assert session.calls == [("start_range_test", asked)]
    session.grow_range_test(STEPS)
    bench.flush()
    assert "Curve 1 of 12" in panel(bench)._status.value
    session.end_range_test()
    bench.flush()
    spec = panel(bench).chart.spec()
    fronts = [(one.title.en, one.colour) for one in spec.series if one.mark == "line"]
    assert fronts[0] == ("Adam, batch size 16", 0) and fronts[3] == ("SGD, batch size 64", 3)
    assert len(panel(bench).results) == 4
    assert "SGD, batch size 64" in panel(bench).results[3]._verdict.value
    panel(bench).results[3].lines[0].apply.click()
    wanted = {"optimizer": "sgd", "batch_size": 64, "learning_rate": 0.0031}
    assert {name: session.settings[name] for name in wanted} == wanted


def test_a_test_with_fewer_results_puts_the_others_away(bench: Workbench, session: FakeSession) -> None:
    panel(bench)
    session.start_range_test(optimizers=["adam", "sgd"])
    session.end_range_test()
    bench.flush()
    session.start_range_test()
    session.end_range_test()
    bench.flush()
    assert [view.widget.layout.display for view in panel(bench).results] == [None, "none"]
    session.start_range_test()
    session.grow_range_test(5)
    bench.flush()
    assert {view.widget.layout.display for view in panel(bench).results} == {"none"}


def test_the_form_follows_the_settings_until_a_person_chooses(bench: Workbench, session: FakeSession) -> None:
    form = panel(bench).form
    session.set("optimizer", "sgd")
    session.set("batch_size", 128)
    bench.flush()
    assert (form.optimizers.values, form.sizes.value) == (["sgd"], "128")
    form.optimizers.boxes["adam"].set_state({"value": True})
    form.sizes.set_state({"value": "8"})
    session.set("optimizer", "rmsprop")
    session.set("batch_size", 32)
    bench.flush()
    assert (form.optimizers.values, form.sizes.value) == (["adam", "sgd"], "8")
    for name in ("adam", "sgd"):
        form.optimizers.boxes[name].set_state({"value": False})
    form.sizes.set_state({"value": ""})
    assert (form.optimizers.values, form.sizes.value) == (["rmsprop"], "32")
    assert form.read() == PLAIN


@pytest.mark.parametrize(
    ("field", "words", "hint"),
    [
        ("rates", "1e-5", "received 1"),
        ("rates", "low, high", "&#x27;low&#x27;"),
        ("sizes", "32, many", "&#x27;many&#x27;"),
    ],
)
def test_what_cannot_be_read_is_explained_and_not_started(
    bench: Workbench, session: FakeSession, field: str, words: str, hint: str
) -> None:
    form = panel(bench).form
    getattr(form, field).set_state({"value": words})
    assert hint in form._note.value
    assert panel(bench).start.disabled
    bench.lab.find.click()
    assert [call[0] for call in session.calls] == []


def test_rates_and_repeats_are_handed_on(bench: Workbench, session: FakeSession) -> None:
    form = panel(bench).form
    form.rates.set_state({"value": "1, 1e-4"})
    form.repeats.set_state({"value": 1})
    form.seconds.set_state({"value": 5.0})
    form.spacing.set_state({"index": 1})
    bench.language = "zh"
    panel(bench).start.click()
    asked = {"low": 1e-4, "high": 1.0, "repeats": 1, "seconds": 5.0, "spacing": "linear"}
    assert session.calls == [("start_range_test", asked)]


def test_a_refusal_and_a_failure_are_told(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> FakeRangeTest:
        raise SessionBusyError(Text(en="Something <trains>.", zh="正在训练。"))

    with monkeypatch.context() as patch:
        patch.setattr(session, "start_range_test", refuse)
        panel(bench).start.click()
    assert "Something &lt;trains&gt;." in panel(bench)._note.value
    assert not panel(bench).start.disabled
    panel(bench).start.click()
    assert panel(bench)._note.layout.display == "none"
    session.end_range_test(error=Text(en="The data ended.", zh="数据已耗尽。"))
    bench.flush()
    assert "The data ended." in panel(bench)._note.value


def test_a_lab_opened_later_shows_what_was_tested_from_code(bench: Workbench, session: FakeSession) -> None:
    session.start_range_test()
    session.end_range_test()
    bench.flush()
    assert len(panel(bench).results) == 1
    assert len(panel(bench).chart.spec().series) > 3


def test_everything_in_the_lab_is_translated(bench: Workbench, session: FakeSession) -> None:
    panel(bench).form.optimizers.boxes["sgd"].set_state({"value": True})
    bench.language = "zh"
    assert english(bench) == set()
    panel(bench).begin()
    session.grow_range_test(10)
    bench.flush()
    assert english(bench) == set()
    session.end_range_test()
    bench.flush()
    panel(bench).results[0].lines[0].apply.click()
    bench.flush()
    assert english(bench) == set()
    bench.language = "en"
    assert "Apply" in panel(bench).results[1].lines[0].apply.description


def test_where_nothing_can_be_trained_there_is_no_lab() -> None:
    session = FakeSession(script=False)
    session.can_train = False
    bench = Workbench(session)
    assert bench.lab.widget.layout.display == "none"
    assert bench.lab.find not in list(walk(bench.root))
    bench.close()


def test_a_range_test_is_followed_to_its_end() -> None:
    session = FakeSession(pace=0)
    bench = Workbench(session)
    bench.lab.find.click()
    session.wait()
    bench.flush()
    assert "curves: 3" in panel(bench)._status.value
    assert "ready" in bench.header._title.value
    bench.close()


def test_how_far_it_is() -> None:
    test = FakeRangeTest(1, repeats=2)
    assert share_done(test) == 0.0
    test.grow(STEPS // 2)
    assert share_done(test) == pytest.approx(0.25, abs=0.01)
    test.grow(STEPS)
    assert share_done(test) == 0.5
    test.end()
    assert share_done(test) == 1.0
