"""Findings before the first run, in order of cause and effect, three at a time, with all that speaks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kerastune_widget.core.diagnosis import Diagnosis, Evidence, Finding, Fix, rank
from kerastune_widget.core.text import Text
from kerastune_widget.ui.panels._finding_card import FindingCard
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_run import OVERFITTING
from tests.ui.fake_session import FakeSession, healthy, overfitting
from tests.ui.test_panels_diagnosis import epoch

SCALE = replace(
    OVERFITTING,
    code="KT401",
    name="input-scale",
    title=Text(en="Unscaled inputs", zh="输入未缩放"),
    rank=10,
    causes=("overfitting",),
    message=Text(en="Inputs reach {maximum:g}.", zh="输入最大为 {maximum:g}。"),
    advice=Text(en="Scale them.", zh="请缩放输入。"),
    experiment=Text(en="Divide by {maximum:g} and train again.", zh="除以 {maximum:g} 后再训练。"),
)


def unscaled(**evidence: Any) -> Finding:
    fix = Fix("shuffle", False, Text(en="Scale inputs", zh="缩放输入"), Text(en="It falls faster.", zh="下降更快。"))
    return Finding(SCALE, Evidence({"maximum": 255.0, "kind": Text(en="pixels", zh="像素")}, fix=fix, **evidence))


def others(count: int) -> list[Finding]:
    rules = [
        replace(OVERFITTING, code=f"KT12{place}", name=f"other-{place}", rank=60 + place) for place in range(count)
    ]
    return [Finding(rule, Evidence({"best": 0.1, "last": 0.2})) for rule in rules]


def shown(bench: Workbench) -> list[str]:
    """Return the codes of the cards in sight, in the order in which the page shows them."""
    cards = [card for card in bench.diagnosis.cards.values() if card.widget.layout.display is None]
    open_ = [card for card in cards if bench.diagnosis.more.value or "kerastune-card-folded" not in classes(card)]
    return [card.finding.code for card in sorted(open_, key=lambda card: int(card.widget.layout.order))]


def classes(card: FindingCard) -> tuple[str, ...]:
    return tuple(card.widget._dom_classes)


def test_what_model_and_data_tell_stands_there_before_the_first_run() -> None:
    session = FakeSession(script=False)
    session.findings = Diagnosis([unscaled()])
    bench = Workbench(session)
    bench.flush()
    assert shown(bench) == ["KT401"]
    assert "Inputs reach 255." in bench.diagnosis.cards["KT401"]._text.value
    bench.close()


def test_they_follow_the_settings(bench: Workbench, session: FakeSession) -> None:
    session.findings = Diagnosis([unscaled()])
    session.set("batch_size", 64)
    bench.flush()
    assert shown(bench) == ["KT401"]
    session.findings = Diagnosis()
    session.set("batch_size", 32)
    bench.flush()
    assert shown(bench) == []


def test_a_fix_that_was_just_applied_stays_in_sight(bench: Workbench, session: FakeSession) -> None:
    session.findings = Diagnosis([unscaled()])
    session.set("batch_size", 64)
    bench.flush()
    session.findings = Diagnosis()  # as the rule is silent once its fix is applied
    card = bench.diagnosis.cards["KT401"]
    card.apply.click()
    bench.flush()
    assert shown(bench) == ["KT401"]
    assert card.apply.description == "Scale inputs · Applied"
    session.begin()
    epoch(bench, session, [healthy()])
    assert shown(bench) == ["KT110"]


def test_a_finding_of_the_run_takes_the_place_of_those_before_it(bench: Workbench, session: FakeSession) -> None:
    session.findings = Diagnosis([unscaled()])
    session.set("batch_size", 64)
    bench.flush()
    session.begin()
    bench.flush()
    assert shown(bench) == []
    epoch(bench, session, [overfitting(0.5)])
    assert shown(bench) == ["KT101"]


def test_three_are_shown_and_the_rest_on_demand(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, others(5))
    assert shown(bench) == ["KT120", "KT121", "KT122"]
    assert bench.diagnosis.more.description == "2 more findings"
    bench.language = "zh"
    assert bench.diagnosis.more.description == "还有 2 条诊断"
    bench.diagnosis.more.value = True
    assert shown(bench) == ["KT120", "KT121", "KT122", "KT123", "KT124"]
    epoch(bench, session, others(3))
    assert bench.diagnosis.more.layout.display == "none"
    bench.diagnosis.more.value = False
    assert shown(bench) == ["KT120", "KT121", "KT122"]


def test_the_button_stands_between_the_shown_and_the_folded(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, others(4))
    places = [int(card.widget.layout.order) for card in bench.diagnosis.cards.values()]
    assert [*places[:3], int(bench.diagnosis.more.layout.order), places[3]] == [0, 1, 2, 3, 4]


def test_a_symptom_names_its_cause(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, rank([overfitting(0.5), unscaled()]))
    assert shown(bench) == ["KT401", "KT101"]
    assert "Because of: Unscaled inputs" in bench.diagnosis.cards["KT101"]._text.value
    assert "Because of" not in bench.diagnosis.cards["KT401"]._text.value
    bench.language = "zh"
    assert "原因：输入未缩放" in bench.diagnosis.cards["KT101"]._text.value


@pytest.mark.parametrize(("confidence", "word"), [(1.0, "sure"), (0.9, "sure"), (0.7, "likely"), (0.3, "possible")])
def test_confidence_is_a_word(bench: Workbench, session: FakeSession, confidence: float, word: str) -> None:
    session.begin()
    epoch(bench, session, [unscaled(confidence=confidence)])
    assert f">{word}<" in bench.diagnosis.cards["KT401"]._text.value


def test_why_tells_effect_alternatives_experiment_numbers_and_layers(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    ruled_out = (Text(en="Not the rate: it reaches {maximum:g}.", zh="不是学习率：达到 {maximum:g}。"),)
    layers = tuple(f"<dense_{place}>" for place in range(8))
    epoch(bench, session, [unscaled(ruled_out=ruled_out, layers=layers)])
    words = bench.diagnosis.cards["KT401"]._reasons.value
    for said in (
        "<b>Expected effect. </b>It falls faster.",
        "<b>Ruled out. </b>Not the rate: it reaches 255.",
        "<b>The experiment that would tell. </b>Divide by 255 and train again.",
        "<b>Numbers. </b><code>maximum</code> 255</p>",
        "&lt;dense_5&gt; and 2 more",
    ):
        assert said in words
    bench.language = "zh"
    assert "<b>已排除：</b>不是学习率：达到 255。" in bench.diagnosis.cards["KT401"]._reasons.value


def test_a_card_that_gets_worse_changes_its_colour_and_its_sign(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [unscaled()])
    card = bench.diagnosis.cards["KT401"]
    assert "kerastune-card-warning" in classes(card)
    epoch(bench, session, [unscaled(severity="problem")])
    assert "kerastune-card-problem" in classes(card) and "kerastune-card-warning" not in classes(card)
    assert "✖" in card._text.value


def test_a_change_is_offered_once(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    symptom = replace(unscaled(), rule=replace(SCALE, code="KT118", name="bad-initial-loss", rank=11))
    epoch(bench, session, [unscaled(), symptom])
    first, second = bench.diagnosis.cards["KT401"], bench.diagnosis.cards["KT118"]
    assert (first.apply.layout.display, first.prove.layout.display) == (None, None)
    assert (second.apply.layout.display, second.prove.layout.display) == ("none", "none")
    epoch(bench, session, [symptom])
    assert second.apply.layout.display is None
