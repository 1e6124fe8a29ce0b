"""Findings as a story: causes before what they explain, three at most, and as JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.data_profile import DataProfile, InputProfile, TargetProfile
from kerastune_widget.core.diagnosis import Diagnosis, Evidence, Finding, Rule, diagnose_history, rank
from kerastune_widget.core.history import Change, History
from kerastune_widget.core.history_json import history_from_json, history_to_json
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile
from kerastune_widget.core.text import Text
from kerastune_widget.errors import HistoryError

WORDS = Text(en="Seen.", zh="看到。")


def finding(name, severity, place, causes=(), confidence=1.0):
    rule = Rule(
        code=f"KT{place:03}",
        name=name,
        title=WORDS,
        severity=severity,
        message=WORDS,
        advice=WORDS,
        check=lambda history: None,
        documentation=WORDS,
        rank=place,
        causes=causes,
    )
    return Finding(rule, Evidence(confidence=confidence))


def names(findings):
    return [one.name for one in findings]


def test_a_mild_cause_comes_before_the_grave_symptom_that_it_explains():
    scale = finding("input-scale", "warning", 10, causes=("diverging",))
    ranked = rank([finding("diverging", "problem", 50), finding("oscillation", "warning", 20), scale])
    assert names(ranked) == ["input-scale", "oscillation", "diverging"]
    assert ranked[-1].because == ("input-scale",)


def test_a_chain_lends_its_gravity_to_its_root():
    root = finding("root", "info", 10, causes=("middle",))
    middle = finding("middle", "info", 20, causes=("end",))
    ranked = rank([finding("other", "warning", 5), finding("end", "problem", 30), middle, root])
    assert names(ranked)[0] == "root"


def test_notes_come_last():
    assert names(rank([finding("note", "info", 1), finding("alarm", "warning", 60)])) == ["alarm", "note"]


def test_a_finding_is_never_explained_by_one_of_higher_rank():
    late = finding("late", "warning", 60, causes=("early",))
    assert rank([late, finding("early", "warning", 20)])[0].because == ()


def test_three_are_shown_and_the_rest_is_folded():
    diagnosis = Diagnosis(finding(f"number-{place}", "warning", place) for place in range(5))
    assert names(diagnosis.shown) == ["number-0", "number-1", "number-2"]
    assert names(diagnosis.folded) == ["number-3", "number-4"]


def test_the_worst_severity_is_known():
    assert Diagnosis([finding("one", "info", 1), finding("two", "problem", 2)]).worst == "problem"
    assert Diagnosis().worst == "good"


def test_a_verdict_gives_way_to_an_alarm_but_not_to_a_note():
    curves = {"loss": 0.1 + 2 * np.exp(-np.arange(20) / 2)}
    healthy = diagnose_history(History(epochs=curves))
    assert names(healthy) == ["healthy"]
    alarm = replace(finding("alarm", "warning", 10).rule, check=lambda history: Evidence())
    note = replace(alarm, severity="info")
    assert names(diagnose_history(History(epochs=curves), [healthy[0].rule, alarm])) == ["alarm"]
    assert sorted(names(diagnose_history(History(epochs=curves), [healthy[0].rule, note]))) == ["alarm", "healthy"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_json_is_strict_and_whole(language):
    history = History(epochs={"loss": [2.0, 1.0, np.nan]}, hyperparameters={"learning_rate": 0.1, "optimizer": "sgd"})
    diagnosis = diagnose_history(history)
    first = json.loads(diagnosis.to_json(language), parse_constant=pytest.fail)[0]
    assert first["name"] == "diverging" and first["evidence"]["last"] is None
    assert first["message"] == diagnosis[0].message(language)
    assert first["fix"]["control"] == "learning_rate" and first["fix"]["value"] == pytest.approx(0.01)


HISTORY = History(
    epochs={"loss": [2.0, 1.0, np.nan], "val_loss": [2.0, np.inf, 0.123456789]},
    steps={"loss": np.arange(30.0), "accuracy": np.ones(30)},
    epoch_ends=(10, 20, 30),
    learning_rates=np.full(30, 0.1),
    changes=(Change(10, 1, "learning_rate", 0.1, 0.2),),
    hyperparameters={"learning_rate": 0.1, "optimizer": "adam", "dropout": {"one": 0.2}},
    status="diverged",
    planned_epochs=5,
    facts={"classes": 10, "loss_name": "mse"},
    signals={"gradient_norm": {"dense": [1.0, np.nan, 3.0, 4.0]}},
    model=ModelProfile((LayerProfile("dense", "Dense", units=3),), (OutputProfile(units=3),), "adam", {"beta_1": 0.9}),
    data=DataProfile(rows=3, inputs=(InputProfile(shape=(4,)),), targets=(TargetProfile(counts=(1, 2)),)),
)


def test_a_history_comes_back_from_json_as_it_was():
    back = history_from_json(history_to_json(HISTORY, steps=True, digits=17))
    assert back.model == HISTORY.model and back.data == HISTORY.data
    assert tuple(back.changes) == tuple(HISTORY.changes) and back.status == "diverged"
    for name, values in HISTORY.epochs.items():
        assert np.array_equal(back.series(name), values, equal_nan=True)
    assert np.array_equal(back.steps["loss"], HISTORY.steps["loss"])
    assert np.array_equal(back.signal("gradient_norm")["dense"], [1.0, np.nan, 3.0, 4.0], equal_nan=True)


def test_without_steps_where_the_run_began_stays_known():
    back = history_from_json(history_to_json(HISTORY))
    assert list(back.steps) == ["loss"] and len(back.steps["loss"]) == 8 and len(back.learning_rates) == 0
    assert names(diagnose_history(back)) == names(diagnose_history(HISTORY))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"steps": 3}'])
def test_other_text_is_refused(text):
    with pytest.raises(HistoryError, match="no history"):
        history_from_json(text)


def test_a_rule_that_fails_leaves_the_word_to_the_others(caplog):
    def fail(history):
        raise ZeroDivisionError

    broken = replace(finding("broken", "warning", 10).rule, check=fail)
    sound = replace(finding("sound", "warning", 20).rule, check=lambda history: Evidence())
    assert names(diagnose_history(History(), [broken, sound])) == ["sound"]
    assert "KT010" in caplog.text
