"""Rules that read a run's history and say what is right or wrong with it, with their evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from .discover import discover
from .history import History
from .text import Text

Severity = Literal["good", "info", "warning", "problem"]

SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "info", "good")  # most important first


@dataclass(frozen=True)
class Fix:
    """A change of one control that would help.

    Attributes:
        control: Name of the control.
        value: The value to set it to.
        label: What the Apply button says, such as "Learning rate → 0.001".
    """

    control: str
    value: Any
    label: Text


@dataclass(frozen=True)
class Evidence:
    """Why a rule spoke.

    Attributes:
        values: Numbers (and words) by name; they fill the slots of the rule's texts.
        span: First and last epoch that show it, counted from 0, both included; None when the whole run does.
        series: Names of the curves that show it, most telling first.
        fix: What a control could do about it; None when none can.
        confidence: 0 to 1, how sure the rule is.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    span: tuple[int, int] | None = None
    series: tuple[str, ...] = ()
    fix: Fix | None = None
    confidence: float = 1.0


@dataclass(frozen=True)
class Rule:
    """One named check, one file.

    Attributes:
        code: "KT" and three digits; stable for ever.
        name: Kebab-case, as in the file's name.
        title: A few words for the panel's headline.
        severity: How bad it is when it speaks.
        rank: Order among findings of equal severity, least first (root cause before symptom).
        message: One line with slots for the evidence's values.
        advice: What to do, with the same slots allowed.
        check: Pure function from a history to its evidence, or None when there is nothing to say.
        documentation: What the panel shows under "Why?"; the English is the docstring of its file. No slots, no braces.
        hides: Names of the findings that this one explains, and that are then left out.
    """

    code: str
    name: str
    title: Text
    severity: Severity
    message: Text
    advice: Text
    check: Callable[[History], Evidence | None]
    documentation: Text
    rank: int = 50
    hides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What one rule found in one run."""

    rule: Rule
    evidence_: Evidence

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
        return self.rule.severity

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
    def fix(self) -> Fix | None:
        """What a control could do about it."""
        return self.evidence_.fix

    def title(self, language: str = "en") -> str:
        """Return the headline, a few words."""
        return self.rule.title.get(language)

    def message(self, language: str = "en") -> str:
        """Return one line that says what was seen, with its numbers."""
        return self.rule.message.get(language, **self.evidence)

    def advice(self, language: str = "en") -> str:
        """Return what to do about it."""
        return self.rule.advice.get(language, **self.evidence)

    def __repr__(self) -> str:
        return f"<{self.code} {self.name} ({self.severity}): {self.message('en')}>"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule in ``core/rules``, by code."""
    from . import rules

    return tuple(discover(rules, "RULE", Rule, key="code").values())


def diagnose_history(history: History, rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Run every rule and return what they found, most important first.

    Args:
        history: The numbers of one run.
        rules: Which rules to run; None for all of ours.
    """
    found = []
    for rule in all_rules() if rules is None else rules:
        evidence = rule.check(history)
        if evidence is not None:
            found.append(Finding(rule, evidence))
    hidden = {name for finding in found for name in finding.rule.hides}
    shown = [finding for finding in found if finding.name not in hidden]
    return sorted(shown, key=lambda finding: (SEVERITIES.index(finding.severity), finding.rule.rank, finding.code))
