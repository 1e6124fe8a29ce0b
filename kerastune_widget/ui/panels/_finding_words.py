"""What a card says of a finding, as HTML."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

from ...core.control import readable
from ...core.diagnosis import Finding, Severity
from ...core.documentation import read_sections
from ...core.text import Language, Text

ICONS: dict[Severity, str] = {"problem": "✖", "warning": "▲", "info": "●", "good": "✔"}
_SEVERITIES: dict[Severity, Text] = {
    "problem": Text(en="Problem", zh="问题"),
    "warning": Text(en="Warning", zh="警告"),
    "info": Text(en="Note", zh="提示"),
    "good": Text(en="Good", zh="良好"),
}
_CONFIDENCES = (
    (0.9, Text(en="sure", zh="确定")),
    (0.6, Text(en="likely", zh="很可能")),
    (0.0, Text(en="possible", zh="可能")),
)
_CONFIDENCE_HELP = Text(en="How sure the rule is: {share:.0%}", zh="规则的把握：{share:.0%}")
_BECAUSE = Text(en="Because of: {causes}", zh="原因：{causes}")
_HEADING = Text(en="{heading}. ", zh="{heading}：")
_EXPECTED = Text(en="Expected effect", zh="预期效果")
_RULED_OUT = Text(en="Ruled out", zh="已排除")
_EXPERIMENT = Text(en="The experiment that would tell", zh="可以验证的实验")
_NUMBERS = Text(en="Numbers", zh="数值")
_LAYERS = Text(en="Layers", zh="相关层")
_MOST_LAYERS = 6
_MORE_LAYERS = Text(en="{names} and {count} more", zh="{names} 等 {count} 层以上")


def headline(finding: Finding, causes: Sequence[Text], language: Language) -> str:
    """Return title, confidence, what was seen, what explains it and what to do.

    Args:
        finding: What was found.
        causes: Titles of the findings that explain it.
        language: "en" or "zh".
    """
    severity = _SEVERITIES[finding.severity].get(language)
    sure = _CONFIDENCE_HELP.get(language, share=finding.confidence)
    because = _because(causes, language)
    return (
        f'<div class="kerastune-card-title"><span class="kerastune-icon" role="img" aria-label="{severity}" '
        f'title="{severity}">{ICONS[finding.severity]}</span><b>{html.escape(finding.title(language))}</b>'
        f'<span class="kerastune-confidence" title="{sure}">{confidence(finding).get(language)}</span>'
        f'<span class="kerastune-code">{finding.code}</span></div>'
        f"<div>{html.escape(finding.message(language))}</div>{because}"
        f'<div class="kerastune-advice">{html.escape(finding.advice(language))}</div>'
    )


def confidence(finding: Finding) -> Text:
    """Return how sure the rule is, in a word."""
    return next(word for least, word in _CONFIDENCES if finding.confidence >= least or not least)


def reasons(finding: Finding, language: Language) -> str:
    """Return what speaks for the finding here: its effect, its alternatives, its experiment, its numbers."""
    fix = finding.fix
    parts = [
        (_EXPECTED, [fix.expected.get(language)] if fix is not None else []),
        (_RULED_OUT, finding.ruled_out(language)),
        (_EXPERIMENT, [finding.experiment(language)]),
        (_LAYERS, [_names(finding.layers, language)]),
    ]
    told = "".join(_paragraph(heading.get(language), words, language) for heading, words in parts)
    return told + _numbers(finding.evidence, language)


def documentation(finding: Finding, language: Language) -> str:
    """Return what the rule sees, why it matters, when it is wrong and where it comes from."""
    sections = read_sections(finding.rule.documentation, language)
    capitals = ((heading, words[:1].upper() + words[1:]) for heading, words in sections)
    return "".join(_paragraph(heading.get(language), [words], language) for heading, words in capitals)


def _because(causes: Sequence[Text], language: Language) -> str:
    if not causes:
        return ""
    titles = ("、" if language == "zh" else ", ").join(cause.get(language) for cause in causes)
    return f'<div class="kerastune-because">{html.escape(_BECAUSE.get(language, causes=titles))}</div>'


def _paragraph(heading: str, sentences: Iterable[str], language: Language) -> str:
    words = ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)
    return f"<p><b>{_HEADING.get(language, heading=heading)}</b>{html.escape(words)}</p>" if words else ""


def _numbers(values: Mapping[str, Any], language: Language) -> str:
    """Return the numbers of the evidence, called as ``finding.evidence`` calls them."""
    numbers = [(html.escape(name), _written(value)) for name, value in values.items() if _is_number(value)]
    if not numbers:
        return ""
    heading = _HEADING.get(language, heading=_NUMBERS.get(language))
    return f"<p><b>{heading}</b>{' · '.join(f'<code>{name}</code> {number}' for name, number in numbers)}</p>"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _written(value: Any) -> str:
    number = float(value)
    return readable(float(f"{number:.4g}")) if math.isfinite(number) else str(number)


def _names(names: Sequence[str], language: Language) -> str:
    shown = ", ".join(names[:_MOST_LAYERS])
    more = len(names) - _MOST_LAYERS
    return _MORE_LAYERS.get(language, names=shown, count=more) if more > 0 else shown
