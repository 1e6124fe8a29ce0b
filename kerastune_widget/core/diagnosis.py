"""Rules that read a run's history and say what is right or wrong with it, with their evidence."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from .discover import discover
from .history import History
from .json_number import json_number
from .reading_notes import reading_notes
from .text import NO_TEXT, Text

logger = logging.getLogger(__name__)

Severity = Literal["good", "info", "warning", "problem"]

SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "info", "good")  # most important first
SURE = 0.65  # confidence from which a mere note may be the root of an alarm
SHOWN = 3
"""Findings shown at once; people read no longer list, and one change at a time is all that a fair comparison takes."""


@dataclass(frozen=True)
class Fix:
    """A change of one control that would help.

    Attributes:
        control: Name of the control.
        value: The value to set it to.
        label: What the Apply button says, such as "Learning rate → 0.001".
        expected: What should be seen when it helps, one sentence.
    """

    control: str
    value: Any
    label: Text
    expected: Text = NO_TEXT


@dataclass(frozen=True)
class Evidence:
    """Why a rule spoke.

    Attributes:
        values: Numbers, words and ``Text`` by name; they fill the slots of the rule's texts.
        span: First and last epoch that show it, counted from 0, both included; None when the whole run does, or when
            it was found before any training.
        series: Names of the curves that show it, most telling first.
        fix: What a control could do about it; None when none can.
        confidence: 0 to 1, how sure the rule is.
        severity: How bad it is here, where that is not the rule's usual severity.
        ruled_out: What else it might have been, and which number says that it is not: one sentence each.
        message: What to say in place of the rule's own message, with the same slots.
        advice: What to advise in place of the rule's own advice, with the same slots.
        layers: Names of the layers that show it, most telling first.
        rank: Its place among findings, where that is not the rule's usual one.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    span: tuple[int, int] | None = None
    series: tuple[str, ...] = ()
    fix: Fix | None = None
    confidence: float = 1.0
    severity: Severity | None = None
    ruled_out: tuple[Text, ...] = ()
    message: Text | None = None
    advice: Text | None = None
    layers: tuple[str, ...] = ()
    rank: int | None = None


@dataclass(frozen=True)
class Rule:
    """One named check, one file.

    Attributes:
        code: "KT" and three digits; stable for ever. 1xx reads curves, 2xx the probe's signals, 3xx the model's
            configuration, 4xx the data.
        name: Kebab-case, as in the file's name.
        title: A few words for the panel's headline.
        severity: How bad it is when it speaks.
        rank: Order among findings of equal severity, least first. Causes have lower ranks than what they cause.
        message: One line with slots for the evidence's values.
        advice: What to do, with the same slots allowed.
        check: Pure function from a history to its evidence, or None when there is nothing to say.
        documentation: What the panel shows under "Why?"; the English is the docstring of its file. No slots, no braces.
        experiment: The one experiment that would tell whether the finding is right; the same slots allowed.
        hides: Names of the findings that this one explains away, and that are then left out.
        causes: Names of the findings that this one explains: they stay, below it.
        verdict: Whether it says how the run as a whole went ("healthy", "too early"); it is left out beside any
            problem or warning.
    """

    code: str
    name: str
    title: Text
    severity: Severity
    message: Text
    advice: Text
    check: Callable[[History], Evidence | None]
    documentation: Text
    experiment: Text = NO_TEXT
    rank: int = 50
    hides: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    verdict: bool = False


@dataclass(frozen=True)
class Finding:
    """What one rule found in one run.

    Attributes:
        because: Names of the other findings that explain it; empty for a root cause.
    """

    rule: Rule
    evidence_: Evidence
    because: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Stable code, such as "KT101"."""
        return self.rule.code

    @property
    def name(self) -> str:
        """Kebab-case name, such as "overfitting"."""
        return self.rule.name

    @property
    def severity(self) -> Severity:
        """One of "good", "info", "warning" and "problem"."""
        return self.evidence_.severity or self.rule.severity

    @property
    def confidence(self) -> float:
        """0 to 1, how sure the rule is."""
        return self.evidence_.confidence

    @property
    def evidence(self) -> Mapping[str, Any]:
        """The numbers behind it, by name."""
        return self.evidence_.values

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last epoch that show it, counted from 0; None when the whole run does."""
        return self.evidence_.span

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the curves that show it."""
        return self.evidence_.series

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that show it, most telling first."""
        return self.evidence_.layers

    @property
    def rank(self) -> int:
        """Order among findings of equal severity, least first."""
        return self.rule.rank if self.evidence_.rank is None else self.evidence_.rank

    @property
    def fix(self) -> Fix | None:
        """What a control could do about it."""
        return self.evidence_.fix

    def title(self, language: str = "en") -> str:
        """Return the headline, a few words."""
        return self.rule.title.get(language)

    def message(self, language: str = "en") -> str:
        """Return one line that says what was seen, with its numbers."""
        return (self.evidence_.message or self.rule.message).get(language, **self.evidence)

    def advice(self, language: str = "en") -> str:
        """Return what to do about it."""
        return (self.evidence_.advice or self.rule.advice).get(language, **self.evidence)

    def experiment(self, language: str = "en") -> str:
        """Return the experiment that would tell whether it is right; empty when none is needed."""
        return self.rule.experiment.get(language, **self.evidence)

    def ruled_out(self, language: str = "en") -> tuple[str, ...]:
        """Return what else it might have been, and why it is not, a sentence each."""
        return tuple(text.get(language, **self.evidence) for text in self.evidence_.ruled_out)

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return it as values that JSON can hold; a number that is not finite becomes None.

        Args:
            language: "en" or "zh", for the texts.
        """
        words = {
            name: value.get(language) if isinstance(value, Text) else value for name, value in self.evidence.items()
        }
        made = {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "confidence": self.confidence,
            "title": self.title(language),
            "message": self.message(language),
            "advice": self.advice(language),
            "experiment": self.experiment(language),
            "ruled_out": list(self.ruled_out(language)),
            "because": list(self.because),
            "evidence": words,
            "span": None if self.span is None else list(self.span),
            "series": list(self.series),
            "layers": list(self.layers),
            "fix": None if self.fix is None else _fix_to_dict(self.fix, language),
        }
        return {name: json_number(value) for name, value in made.items()}

    def __repr__(self) -> str:
        return f"<{self.code} {self.name} ({self.severity}): {self.message('en')}>"


def _fix_to_dict(fix: Fix, language: str) -> dict[str, Any]:
    label, expected = fix.label.get(language), fix.expected.get(language)
    return {"control": fix.control, "value": fix.value, "label": label, "expected": expected}


class Diagnosis(list[Finding]):
    """The findings of one run, root causes first; a list with a few words of its own.

    Attributes:
        notes: What must be known of the log before the findings can be understood, such as that it holds several runs
            and which one is judged; empty as a rule.
    """

    def __init__(self, findings: Iterable[Finding] = (), notes: Iterable[Text] = ()) -> None:
        super().__init__(findings)
        self.notes = tuple(notes)

    @property
    def shown(self) -> list[Finding]:
        """The findings to show at once, three at most."""
        return self[:SHOWN]

    @property
    def folded(self) -> list[Finding]:
        """The findings to show when asked for."""
        return self[SHOWN:]

    @property
    def worst(self) -> Severity:
        """The greatest severity among them; "good" without any."""
        return min((finding.severity for finding in self), key=SEVERITIES.index, default="good")

    def to_dicts(self, language: str = "en") -> list[dict[str, Any]]:
        """Return what ``Finding.to_dict`` tells of each finding, and the ``notes`` beside it.

        Args:
            language: "en" or "zh", for the texts.
        """
        notes = [note.get(language) for note in self.notes]
        return [finding.to_dict(language) | {"notes": notes} for finding in self]

    def to_json(self, language: str = "en", indent: int | None = None) -> str:
        """Return all findings as a JSON array of the objects that ``to_dicts`` describes."""
        return json.dumps(self.to_dicts(language), ensure_ascii=False, indent=indent)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule in ``core/rules``, by code."""
    from . import rules

    return tuple(discover(rules, "RULE", Rule, key="code").values())


def diagnose_history(history: History, rules: Iterable[Rule] | None = None) -> Diagnosis:
    """Run every rule and return what they found: root causes first, most important first among them.

    Args:
        history: The numbers of one run.
        rules: Which rules to run; None for all of ours.
    """
    found = []
    for rule in all_rules() if rules is None else rules:
        evidence = _asked(rule, history)
        if evidence is not None:
            found.append(Finding(rule, evidence))
    return Diagnosis(rank(_left_over(found)), reading_notes(history))


def _asked(rule: Rule, history: History) -> Evidence | None:
    """Ask one rule; one that fails on odd numbers goes into Python's log and leaves the word to the others."""
    try:
        return rule.check(history)
    except Exception:
        logger.exception("Rule %s failed", rule.code)
        return None


def rank(findings: Iterable[Finding]) -> list[Finding]:
    """Return ``findings`` with their causes noted: root causes, then what they explain, then the notes.

    A cause is as important as the worst of what it explains. A finding can only be explained by one of lower rank, so
    that no two explain each other.
    """
    given = list(findings)
    linked = [replace(finding, because=_causes_of(finding, given)) for finding in given]
    worst = _worst_explained(linked)
    return sorted(linked, key=lambda finding: _place(finding, worst[finding.name]))


def _left_over(found: list[Finding]) -> list[Finding]:
    hidden = {name for finding in found for name in finding.rule.hides}
    rest = [finding for finding in found if finding.name not in hidden]
    alarmed = any(_is_alarm(finding) for finding in rest)
    return [finding for finding in rest if not (finding.rule.verdict and alarmed)]


def _is_alarm(finding: Finding) -> bool:
    return finding.severity in ("problem", "warning")


def _causes_of(finding: Finding, given: list[Finding]) -> tuple[str, ...]:
    """A note that is not sure of itself explains no alarm."""
    return tuple(
        other.name
        for other in given
        if finding.name in other.rule.causes
        and other.rank < finding.rank
        and (_is_alarm(other) or other.confidence >= SURE or not _is_alarm(finding))
    )


def _worst_explained(linked: list[Finding]) -> dict[str, int]:
    """Return the severity's place of each finding, raised to the worst of what it explains, at any remove."""
    worst = {finding.name: SEVERITIES.index(finding.severity) for finding in linked}
    for finding in sorted(linked, key=lambda finding: -finding.rank):  # from the last symptom to its roots
        for cause in finding.because:
            worst[cause] = min(worst[cause], worst[finding.name])
    return worst


def _place(finding: Finding, worst: int) -> tuple[int, int, int, float, str]:
    if worst > SEVERITIES.index("warning"):
        group = 2 if finding.severity == "good" else 3  # good news before the notes
    else:
        group = 1 if finding.because else 0
    return (group, worst, finding.rank, -finding.confidence, finding.code)
