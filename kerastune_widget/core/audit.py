"""An audit: why does a model answer differently, check by check, in words; what the engine measured goes in here."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .agreement import Agreement
from .text import NO_TEXT, Language, Text

Verdict = Literal["equal", "rounding", "different", "skipped"]

_WORDS: dict[Verdict, Text] = {
    "equal": Text(en="equal", zh="相同"),
    "rounding": Text(en="equal within rounding ({size})", zh="在舍入误差内相同（{size}）"),
    "different": Text(en="different", zh="不同"),
    "skipped": Text(en="skipped", zh="已跳过"),
}
_EXPECTED = Text(en="different, as intended", zh="不同（属正常情况）")
_FIX = Text(en="Fix: ", zh="解决办法：")
_NO_FINDING = Text(en="No check found a reason to answer differently.", zh="没有检查发现结果会不同的原因。")
_FOUND = Text(
    en="{count} of {total} checks found a reason to answer differently.",
    zh="{total} 项检查中有 {count} 项发现了结果不同的原因。",
)
_ICONS: dict[Verdict, str] = {"equal": "✔", "rounding": "≈", "different": "✖", "skipped": "–"}


@dataclass(frozen=True)
class Outcome:
    """What one check came to.

    Attributes:
        verdict: "equal", "rounding" (equal but for floating-point rounding), "different", or "skipped".
        cause: Why it differs, naming layers; why it was skipped; or what is worth knowing though it is equal.
        fix: What to do about a difference.
        layers: Names of the layers that are the cause.
        size: The largest difference as a share of the largest number; None when nothing was compared.
        expected: Whether a difference is what the layers are there for, and so no finding.
        evidence: Further measured numbers by name.
    """

    verdict: Verdict
    cause: Text = NO_TEXT
    fix: Text = NO_TEXT
    layers: tuple[str, ...] = ()
    size: float | None = None
    expected: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditCheck:
    """One check of an audit, with its outcome.

    Attributes:
        name: Such as "batch_size".
        title: What was compared with what.
        verdict: "equal", "rounding" (equal but for floating-point rounding), "different", or "skipped".
        cause: Why it differs, naming layers; why it was skipped; or what is worth knowing though it is equal.
        fix: What to do about a difference.
        layers: Names of the layers that are the cause.
        size: The largest difference as a share of the largest number; None when nothing was compared.
        expected: Whether a difference is what the layers are there for (dropout in training), and so no finding.
        evidence: Further measured numbers by name.
    """

    name: str
    title: Text
    verdict: Verdict
    cause: Text = NO_TEXT
    fix: Text = NO_TEXT
    layers: tuple[str, ...] = ()
    size: float | None = None
    expected: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_finding(self) -> bool:
        """Whether it found a reason to answer differently."""
        return self.verdict == "different" and not self.expected

    @property
    def icon(self) -> str:
        """A sign for the verdict."""
        return "≠" if self.verdict == "different" and self.expected else _ICONS[self.verdict]

    @property
    def word(self) -> Text:
        """The verdict in words, with the size where it is rounding."""
        if self.verdict == "different" and self.expected:
            return _EXPECTED
        return _WORDS[self.verdict].filled(size=f"{self.size:.1g}" if self.size is not None else "")

    def sentence(self, language: Language = "en") -> str:
        """Return title, verdict, cause and fix as one paragraph.

        Args:
            language: "en" or "zh".
        """
        colon, stop, space = ("：", "。", "") if language == "zh" else (": ", ".", " ")
        parts = [f"{self.title.get(language)}{colon}{self.word.get(language)}{stop}"]
        parts += [self.cause.get(language)] if self.cause.en else []
        parts += [_FIX.get(language) + self.fix.get(language)] if self.fix.en else []
        return space.join(parts)


def named(name: str, title: Text, outcome: Outcome) -> AuditCheck:
    """Return the outcome of the check of this name and title."""
    return AuditCheck(name, title, **{key: getattr(outcome, key) for key in Outcome.__dataclass_fields__})


def judged(found: Agreement, cause: Text = NO_TEXT, fix: Text = NO_TEXT, **rest: Any) -> Outcome:
    """Return the outcome of a comparison: equal, rounding, or different for ``cause``.

    Args:
        found: How far the numbers agree.
        cause: Why they differ, if they do by more than rounding.
        fix: What to do then.
        **rest: What else an ``Outcome`` takes, for then.
    """
    if found.within_rounding:
        return Outcome("equal" if found.equal else "rounding", size=found.size)
    return Outcome("different", cause, fix, size=found.size, **rest)


def summary(checks: Sequence[AuditCheck]) -> Text:
    """Return in one sentence how many checks found something."""
    count = sum(check.is_finding for check in checks)
    return _FOUND.filled(count=count, total=len(checks)) if count else _NO_FINDING


def report(checks: Sequence[AuditCheck], language: Language = "en") -> str:
    """Return all checks as text, one paragraph each, after a line that sums them up.

    Args:
        checks: In the order to show them.
        language: "en" or "zh".
    """
    return "\n".join([summary(checks).get(language), *(f"{check.icon} {check.sentence(language)}" for check in checks)])


def report_html(checks: Sequence[AuditCheck], language: Language = "en") -> str:
    """Return all checks as an HTML list for a notebook.

    Args:
        checks: In the order to show them.
        language: "en" or "zh".
    """
    lines = "".join(f"<li>{html.escape(f'{one.icon} {one.sentence(language)}')}</li>" for one in checks)
    head = html.escape(summary(checks).get(language))
    return f'<p><b>{head}</b></p><ul style="list-style: none; padding-left: 0">{lines}</ul>'
