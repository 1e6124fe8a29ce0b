"""Apply and prove: its progress and verdict on the card, and a proof that takes nothing else over."""

from __future__ import annotations

import pytest

from kerastune_widget.core.diagnosis import Diagnosis
from kerastune_widget.core.events import EpochEnded, RunEnded, RunRequested
from kerastune_widget.core.paired_difference import paired
from kerastune_widget.core.proof import ProofResult, unfinished
from kerastune_widget.ui.panels._finding_card import FindingCard
from kerastune_widget.ui.saved_table import table
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, overfitting, steps_ended
from tests.ui.test_panels_diagnosis import epoch
from tests.ui.test_panels_findings import unscaled

HELPED = ProofResult("helped", paired("val_loss", [(1.0, 0.5), (1.1, 0.55), (0.9, 0.45)]))
WORSE = ProofResult("made it worse", paired("val_loss", [(0.5, 1.0), (0.55, 1.1), (0.45, 0.9)]))


@pytest.fixture
def card(bench: Workbench, session: FakeSession) -> FindingCard:
    """The card of a run that ended and overfitted."""
    session.begin()
    epoch(bench, session, [overfitting(0.5, rate=1e-4)])
    session.emit(RunEnded(1, status="finished"))
    bench.flush()
    return bench.diagnosis.cards["KT101"]


def train(bench: Workbench, session: FakeSession, fixed: bool) -> None:
    """Play one run of the proof."""
    run = session.begin_proof_run(fixed)
    session.emit(steps_ended(run.number, 0, 10))
    session.emit(EpochEnded(run.number, last_step=10, logs={"loss": 1.0, "val_loss": 1.0}))
    bench.flush()


def end(bench: Workbench, session: FakeSession, result: ProofResult | None = None) -> None:
    """End the run of the proof that is going on; with a result, the proof too."""
    session.proofs[-1].result = result
    session.emit(RunEnded(session.active.number, status="finished"))
    bench.flush()


def prove(bench: Workbench, session: FakeSession, card: FindingCard, result: ProofResult) -> None:
    card.prove.click()
    train(bench, session, fixed=False)
    end(bench, session, result)


def test_a_click_sets_the_fix_and_starts_the_proof(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    assert card.prove.description == "Apply and prove"
    card.prove.click()
    assert session.calls == [("start_proof", "learning_rate", 1e-4, 1), ("set", "learning_rate", 1e-4)]
    bench.flush()
    assert card.prove.description == "Prove"


def test_while_it_trains_the_card_counts_the_pairs(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    card.prove.click()
    train(bench, session, fixed=False)
    assert "Pair 1 of 3, without the fix…" in card.proof._line.value
    assert card.prove.disabled
    end(bench, session)
    train(bench, session, fixed=True)
    assert "Pair 1 of 3, with the fix…" in card.proof._line.value
    end(bench, session)
    train(bench, session, fixed=False)
    bench.language = "zh"
    assert "第 2/3 对：采用前……" in card.proof._line.value
    card.proof.stop.click()
    assert session.calls[-1] == ("stop",)


def test_the_verdict_stands_in_words_with_its_interval(
    bench: Workbench, session: FakeSession, card: FindingCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(card.proof, "_announce", said.append)
    prove(bench, session, card, HELPED)
    line = card.proof._line.value
    assert "kerastune-verdict-helped" in line and "✔" in line and "<b>Helped</b>" in line
    assert "50% lower with the fix (95% interval: 50% lower; better in 3 of 3 pairs)." in line
    assert said == [HELPED.sentence()]
    assert card.proof.stop.layout.display == card.proof.back.layout.display == "none"
    bench.flush()
    assert len(said) == 1
    bench.language = "zh"
    assert "<b>有帮助</b>" in card.proof._line.value


def test_a_fix_that_made_it_worse_can_be_taken_back(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    prove(bench, session, card, WORSE)
    assert "✖" in card.proof._line.value
    assert card.proof.back.description == "Back to learning rate 0.001"
    card.proof.back.click()
    bench.flush()
    assert session.settings["learning_rate"] == 0.001
    assert card.proof.back.layout.display == "none"


def test_a_proof_that_was_stopped_says_so(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    prove(bench, session, card, unfinished(0, 3))
    assert "<b>Not finished</b></span> Stopped after 0 of 3 pairs." in card.proof._line.value


def test_the_panel_stays_with_the_run_that_was_diagnosed(
    bench: Workbench, session: FakeSession, card: FindingCard
) -> None:
    drawn = bench.curves.chart.spec()
    card.prove.click()
    train(bench, session, fixed=False)
    assert bench.runs.table.look["focus"] == 1
    assert bench.runs.table.look["shown"] == [1]
    assert [curve.id for curve in bench.curves.chart.spec().series] == [curve.id for curve in drawn.series]
    assert card.widget.layout.display is None
    assert "Proof 1 · training" in bench.header._title.value
    end(bench, session, HELPED)
    assert bench.runs.table.look["focus"] == 1
    assert "Run 1 · finished" in bench.header._title.value
    assert "Finished: 1 epochs" in bench.progress.text.value
    assert not bench.buttons.run.disabled
    bench.buttons.more.click()
    assert session.calls[-1] == ("continue_run", 1)


def test_controls_claim_nothing_while_it_trains(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    card.prove.click()
    train(bench, session, fixed=False)
    assert "kerastune-training" not in bench.controls.widget._dom_classes


def test_its_runs_are_evidence_and_no_candidates(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    card.prove.click()
    train(bench, session, fixed=False)
    end(bench, session)
    train(bench, session, fixed=True)
    end(bench, session, HELPED)
    rows = bench.runs.table.rows
    assert [row["proof"] for row in rows] == [
        None,
        {"proof": 1, "fixed": False, "seed": 0},
        {"proof": 1, "fixed": True, "seed": 0},
    ]
    assert not any(row["is_best"] for row in rows)
    assert table(session, "en").count("<tr>") == 2


def test_a_person_may_look_at_them(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    prove(bench, session, card, HELPED)
    bench.runs._act("look", {"run": 2})
    bench.flush()
    assert bench.runs.table.look["focus"] == 2


def test_a_proof_before_any_run_keeps_its_card() -> None:
    session = FakeSession(script=False)
    session.findings = Diagnosis([unscaled()])
    bench = Workbench(session)
    bench.flush()
    card = bench.diagnosis.cards["KT401"]
    session.findings = Diagnosis()
    prove(bench, session, card, HELPED)
    assert ("start_proof", "shuffle", False, None) in session.calls
    assert card.widget.layout.display is None
    assert "<b>Helped</b>" in card.proof._line.value
    assert "ready" in bench.header._title.value
    assert not bench.buttons.run.disabled
    bench.close()


def test_another_run_has_no_part_in_a_proof(bench: Workbench, session: FakeSession, card: FindingCard) -> None:
    prove(bench, session, card, HELPED)
    run = session.finish(2)
    session.events.publish(RunRequested(run.number))
    run.findings = [overfitting(0.5, rate=1e-4)]
    bench.flush()
    bench.runs._act("look", {"run": run.number})
    bench.flush()
    assert card.proof.widget.layout.display == "none"
    bench.runs._act("look", {"run": 1})
    bench.flush()
    assert "<b>Helped</b>" in card.proof._line.value


def test_a_refused_proof_says_why(bench: Workbench, session: FakeSession) -> None:
    session.begin()
    epoch(bench, session, [overfitting(0.5)])
    card = bench.diagnosis.cards["KT101"]
    assert card.prove.disabled
    card.prove.disabled = False  # as on a page that lags behind
    card.prove.click()
    assert "Training already." in card._text.value
    assert not any(call[0] == "set" for call in session.calls)
