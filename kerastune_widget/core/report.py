"""A diagnosis as plain text, for a terminal or a log."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from .diagnosis import SHOWN, Diagnosis, Finding, Severity, all_rules
from .text import Text

_WIDTH = 100
_SEVERITIES: dict[Severity, Text] = {
    "problem": Text(en="PROBLEM", zh="问题"),
    "warning": Text(en="WARNING", zh="警告"),
    "info": Text(en="note", zh="提示"),
    "good": Text(en="good", zh="良好"),
}
_HEAD = Text(en="{severity}: {title} ({code})", zh="{severity}：{title}（{code}）")
_BECAUSE = Text(en="Because of: {names}", zh="起因：{names}")
_FIX = Text(en="Fix: {label}. {expected}", zh="修正：{label}。{expected}")
_MORE = Text(en="Also: {titles}", zh="另有：{titles}")
_NOTHING = Text(en="Nothing to say: there are no numbers yet.", zh="暂无结论：还没有任何数据。")
_COMMA = Text(en=", ", zh="、")


def report_text(findings: Iterable[Finding], language: str = "en") -> str:
    """Return the findings as lines of text: three in full, the titles of the rest.

    Args:
        findings: Most important first, as ``diagnose`` returns them; the notes of a ``Diagnosis`` stand above them.
        language: "en" or "zh".
    """
    given = list(findings)
    notes = findings.notes if isinstance(findings, Diagnosis) else ()
    parts = ["\n".join(textwrap.wrap(note.get(language), _WIDTH)) for note in notes]
    if not given:
        return "\n".join([*parts, _NOTHING.get(language)])
    titles = {rule.name: rule.title.get(language) for rule in all_rules()}  # a cause need not be among those given
    titles |= {finding.name: finding.title(language) for finding in given}
    parts += ["\n".join(_lines(finding, titles, language)) for finding in given[:SHOWN]]
    if given[SHOWN:]:
        names = _COMMA.get(language).join(f"{finding.title(language)} ({finding.code})" for finding in given[SHOWN:])
        parts.append(_MORE.get(language, titles=names))
    return "\n".join(parts)


def _lines(finding: Finding, titles: dict[str, str], language: str) -> Iterator[str]:
    severity, title = _SEVERITIES[finding.severity], finding.title(language)
    yield _HEAD.get(language, severity=severity, title=title, code=finding.code)
    yield from _indented(finding.message(language))
    if finding.because:
        names = _COMMA.get(language).join(titles.get(name, name) for name in finding.because)
        yield from _indented(_BECAUSE.get(language, names=names))
    yield from _indented(finding.advice(language))
    if finding.fix is not None:
        yield from _indented(_FIX.get(language, label=finding.fix.label, expected=finding.fix.expected))


def _indented(words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent="    ", subsequent_indent="    ")
