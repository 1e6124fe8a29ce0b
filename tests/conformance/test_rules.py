"""Every rule keeps the house's promises, the ones that will be added later included."""

import importlib
import importlib.util
import re
import string
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kerastune_widget.core import rules
from kerastune_widget.core.diagnosis import SEVERITIES, Evidence, Rule, all_rules, diagnose_history
from kerastune_widget.core.discover import discover
from kerastune_widget.core.documentation import HEADINGS, read_sections
from kerastune_widget.core.history import Change, History
from kerastune_widget.core.text import LANGUAGES

RULES = discover(rules, "RULE", Rule, key="code")
ASCII_PUNCTUATION = re.compile(r"[一-鿿][,;:!?]|[,;:!?][一-鿿]|[一-鿿]\.(?!\d)")
BROKEN_LINE = re.compile(r"[^，。：；、]\n ")  # lines join without a space, so they break after full-width punctuation
EPOCHS = np.arange(20)

# One history for each rule that makes it speak, with every hyperparameter known so that fixes can be checked; those
# that need more than curves have a file of their own in the folder speaking/.
SPEAKING = {
    "KT101": {"loss": 2 * np.exp(-EPOCHS / 4), "val_loss": 1 + np.abs(EPOCHS - 6) / 10},
    "KT102": {"loss": np.tile([2.30, 2.31], 10), "val_loss": np.tile([2.31, 2.30], 10)},
    "KT103": {"loss": 2.3 - EPOCHS / 12, "val_loss": 2.4 - EPOCHS / 12},
    "KT104": {"loss": 1.5 + 0.8 * np.exp(-EPOCHS), "val_loss": 1.55 + 0.8 * np.exp(-EPOCHS)},
    "KT105": {"loss": np.append(np.ones(19), np.nan), "val_loss": np.append(np.ones(19), np.nan)},
    "KT106": {"loss": np.tile([2.0, 0.5, 1.7, 0.7], 5), "val_loss": np.tile([2.1, 0.6], 10)},
    "KT107": {"loss": np.tile([1.0, 1.01], 10), "val_loss": 2.0 - EPOCHS / 20},
    "KT108": {"loss": 1 + EPOCHS / 15, "val_loss": 1.1 + EPOCHS / 15},
    "KT109": {"loss": 2.3 - EPOCHS / 5000, "val_loss": 2.31 - EPOCHS / 5000},
    "KT110": {"loss": 0.1 + 2 * np.exp(-EPOCHS / 2), "val_loss": 0.12 + 2 * np.exp(-EPOCHS / 2)},
    "KT111": {"loss": [2.0, 1.9], "val_loss": [2.1, 1.9]},
    "KT112": {"loss": np.ones(20), "val_loss": np.ones(20)},
}
HYPERPARAMETERS = {
    "learning_rate": 0.001,
    "batch_size": 32,
    "optimizer": "adam",
    "dropout": 0.2,
    "epochs": 5,
    "shuffle": False,
    "l2": None,
    "clipnorm": None,
    "early_stopping": None,
    "schedule": "constant",
    "normalization": False,
    "class_weight": "none",
    "output": "as_built",
    "initializer": "as_built",
}


def read_speaking(path):
    """Return HISTORY of a file that is named after a rule's code."""
    specification = importlib.util.spec_from_file_location(f"speaking_{path.stem}", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.HISTORY


HISTORIES = {code: History(epochs=curves) for code, curves in SPEAKING.items()} | {
    path.stem.upper(): read_speaking(path) for path in sorted((Path(__file__).parent / "speaking").glob("kt*.py"))
}


def history_for(code, **others):
    history = HISTORIES[code]
    known = {"hyperparameters": HYPERPARAMETERS | dict(history.hyperparameters)}
    return replace(history, **(known | others))


def slots(text):
    return {(name, specification) for _, name, specification, _ in string.Formatter().parse(text) if name}


@pytest.fixture(params=RULES.values(), ids=RULES)
def rule(request):
    return request.param


def test_every_rule_is_found_and_named_once():
    assert all_rules() == tuple(RULES.values())
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
    assert set(HISTORIES) == set(RULES)


def test_file_code_name_and_docstring_agree(rule):
    module = importlib.import_module(rule.check.__module__)
    assert re.fullmatch(r"KT\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert module.__name__.rpartition(".")[2] == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert rule.documentation.en == module.__doc__
    assert rule.documentation.en.startswith(f"{rule.code} {rule.name}.\n")
    assert rule.documentation.zh.startswith(f"{rule.code} {rule.title.zh}。\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_documentation_has_all_its_headings_in_order(rule, language):
    sections = read_sections(rule.documentation, language)
    assert [heading for heading, _ in sections] == list(HEADINGS)
    stop = {"en": ".", "zh": "。"}[language]
    assert all(words.endswith(stop) and "\n" not in words for _, words in sections)
    assert len(sections) + 2 == len(re.findall(r"^(?! )", rule.documentation.get(language).strip(), re.MULTILINE))


def test_its_documentation_is_whole_in_chinese(rule):
    chinese = rule.documentation.zh
    assert not ASCII_PUNCTUATION.search(chinese) and not BROKEN_LINE.search(chinese)
    assert "{" not in rule.documentation.en + chinese
    for heading, words in read_sections(rule.documentation, "zh"):
        least = 0.25 if heading == HEADINGS[-1] else 0.6  # sources have names
        assert len(re.findall(r"[\u4e00-\u9fff]", words)) > least * len(words), words


def test_severity_and_hides_are_known(rule):
    assert rule.severity in SEVERITIES
    assert set(rule.hides) <= {other.name for other in RULES.values()} - {rule.name}


def test_both_languages_have_the_same_slots_and_their_own_punctuation(rule):
    for text in (rule.title, rule.message, rule.advice, rule.experiment):
        assert slots(text.en) == slots(text.zh)
        assert text.en.isascii() and not ASCII_PUNCTUATION.search(text.zh)
    for text in (rule.message, rule.advice, rule.experiment):
        assert text.en.endswith(".") and text.zh.endswith("。")
        assert "\n" not in text.en + text.zh


def test_it_speaks_with_its_numbers_in_both_languages(rule):
    evidence = rule.check(history_for(rule.code))
    assert isinstance(evidence, Evidence)
    assert 0 < evidence.confidence <= 1
    for language in LANGUAGES:
        own = [text for text in (evidence.message, evidence.advice, *evidence.ruled_out) if text is not None]
        for text in (rule.title, rule.message, rule.advice, rule.experiment, *own):
            assert "{" not in text.get(language, **evidence.values)


def test_what_it_explains_comes_after_it(rule):
    ranks = {other.name: other.rank for other in RULES.values()}
    assert set(rule.causes) <= set(ranks) - {rule.name}
    assert all(ranks[name] > rule.rank for name in rule.causes)


def test_its_span_and_series_lie_on_the_curves(rule):
    history = history_for(rule.code)
    evidence = rule.check(history)
    assert set(evidence.series) <= {*history.epochs, *history.signals}
    if evidence.span is not None:
        first, last = evidence.span
        assert 0 <= first <= last < history.epoch_count


def test_its_fix_changes_a_control_and_needs_its_current_value(rule):
    history = history_for(rule.code)
    fix = rule.check(history).fix
    if fix is not None:
        assert fix.value != history.hyperparameters[fix.control]
        assert fix.expected.en.endswith(".") and fix.expected.zh.endswith("。")
    if fix is not None and not isinstance(fix.value, str | bool | dict):
        assert f"{fix.value:g}" in fix.label.en and f"{fix.value:g}" in fix.label.zh
    without = rule.check(history_for(rule.code, hyperparameters={}))
    assert without is None or without.fix is None


def test_its_fix_starts_from_a_value_changed_in_mid_run(rule):
    changed = {"learning_rate": 0.5, "batch_size": 64, "dropout": 0.4, "epochs": 7}
    changes = [Change(1, 0, name, HYPERPARAMETERS[name], value) for name, value in changed.items()]
    evidence = rule.check(history_for(rule.code, changes=changes))
    if evidence is not None and evidence.fix is not None and evidence.fix.control in changed:
        assert evidence.fix.value != changed[evidence.fix.control]


def test_it_is_silent_on_nothing(rule):
    assert rule.check(History()) is None
    assert rule.check(History(epochs={"loss": []}, hyperparameters=HYPERPARAMETERS)) is None
    assert diagnose_history(History()) == []


def test_it_does_not_touch_the_history(rule):
    history = history_for(rule.code)
    before = {name: np.array(values, copy=True) for name, values in history.epochs.items()}
    rule.check(history)
    assert all(np.array_equal(values, history.epochs[name], equal_nan=True) for name, values in before.items())
