"""Diagnosis: cards that stay, a fix that is applied, evidence on the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kerastune_widget.core.diagnosis import Evidence, Finding, Rule, all_rules
from kerastune_widget.core.events import EpochEnded, RunEnded
from kerastune_widget.core.text import NO_TEXT, Text
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, healthy, overfitting, steps_ended


@pytest.fixture
def session() -> FakeSession:
    session = FakeSession(script=False, notices=[Text(en="3 inputs are NaN.", zh="有 3 个输入为 NaN。")])
    return session


def epoch(bench: Workbench, session: FakeSession, findings: Sequence[Finding]) -> None:
    number = session.runs[-1].record().epoch_count
    session.runs[-1].findings = findings
    session.emit(steps_ended(1, number * 10, 10, number))
    session.emit(EpochEnded(1, epoch=number, last_step=number * 10 + 10, logs={"loss": 1.0, "val_loss": 1.0}))
    bench.flush()


def spans(bench: Workbench) -> list[tuple[float, float]]:
    return [(span.start, span.end) for span in bench.curves.chart.spec().spans]


def test_notices_and_a_hint_stand_there_before_the_first_run(bench: Workbench, session: FakeSession) -> None:
    assert "3 inputs are NaN." in bench.diagnosis._hint.value
    session.begin()
    epoch(bench, session, [])
    assert "3 inputs are NaN." not in bench.diagnosis._hint.value
    assert "Too early" in bench.diagnosis._hint.value
    session.emit(RunEnded(1))
    bench.flush()
    assert "Nothing found" in bench.diagnosis._hint.value


def test_a_card_is_kept_and_changed_in_place(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [overfitting(0.5)])
    card, children = bench.diagnosis.cards["KT101"], bench.diagnosis._stack.children
    epoch(bench, session, [healthy(), overfitting(0.625)])
    assert "0.625" in card._text.value
    assert bench.diagnosis.cards["KT101"] is card
    assert bench.diagnosis._stack.children[0] is children[0]
    assert (card.widget.layout.order, bench.diagnosis.cards["KT110"].widget.layout.order) == ("1", "0")
    epoch(bench, session, [healthy()])
    assert card.widget.layout.display == "none"


def test_a_card_says_how_bad_it_is_without_colour(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [overfitting(0.5)])
    page = bench.diagnosis.cards["KT101"]._text.value
    assert 'aria-label="Warning"' in page
    assert "▲" in page
    assert "Stop earlier" in page


def test_apply_moves_the_control(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [overfitting(0.5, rate=1e-4)])
    card = bench.diagnosis.cards["KT101"]
    card.apply.click()
    bench.flush()
    assert session.calls == [("set", "learning_rate", 1e-4)]
    assert bench.controls.rows["learning_rate"].field.text.value == "0.0001"
    assert bench.controls.rows["learning_rate"].field.slider.value == pytest.approx(1e-4)
    assert card.apply.disabled
    assert "Applied" in card.apply.description
    session.set("learning_rate", 0.1)
    bench.flush()
    assert not card.apply.disabled


def test_the_first_findings_evidence_is_highlighted(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [])
    epoch(bench, session, [])
    epoch(bench, session, [overfitting(0.5, span=(1, 2)), healthy(span=(0, 0))])
    assert spans(bench) == [(10, 30)]
    assert bench.diagnosis.cards["KT101"].show.value


def test_a_person_chooses_what_to_highlight(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [])
    epoch(bench, session, [overfitting(0.5, span=(1, 1)), healthy(span=(0, 0))])
    first, second = bench.diagnosis.cards["KT101"], bench.diagnosis.cards["KT110"]
    second.show.value = True
    assert spans(bench) == [(0, 10)]
    assert not first.show.value
    epoch(bench, session, [overfitting(0.6, span=(1, 2)), healthy(span=(0, 0))])
    assert spans(bench) == [(0, 10)]
    second.show.value = False
    assert spans(bench) == []
    epoch(bench, session, [overfitting(0.6, span=(1, 2)), healthy(span=(0, 0))])
    assert spans(bench) == []


def test_a_finding_without_span_or_fix_offers_neither(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [healthy(span=None)])
    card = bench.diagnosis.cards["KT110"]
    assert card.show.layout.display == "none"
    assert card.apply.layout.display == "none"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_a_rule_explains_itself_in_the_language_of_the_widget(
    bench: Workbench, session: FakeSession, rule: Rule
) -> None:
    session.begin()
    silent = replace(rule, message=NO_TEXT, advice=NO_TEXT, experiment=NO_TEXT)
    epoch(bench, session, [Finding(silent, Evidence())])
    why, documentation = bench.diagnosis.cards[rule.code].why, bench.diagnosis.cards[rule.code]._documentation
    assert why.toggle.description == "Why?"
    assert "<p><b>What it sees. </b>" in documentation.value
    assert documentation.value.count("<p>") == 4
    bench.language = "zh"
    assert why.toggle.description == "为什么？"
    assert "<p><b>看到什么：</b>" in documentation.value
    assert documentation.value.count("<p>") == 4


def test_a_refused_fix_says_why_on_its_card(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [overfitting(0.5, rate=-1.0)])
    card = bench.diagnosis.cards["KT101"]
    card.apply.click()
    assert "learning_rate must be a number from 1e-12 to 1e6; received -1.0." in card._text.value
    bench.language = "zh"
    assert "“学习率”必须是 1e-12 到 1e6 之间的数；收到的是 -1.0。" in card._text.value
    epoch(bench, session, [overfitting(0.5, rate=1e-4)])
    assert "必须是" not in card._text.value
