"""Pages that are made, not written: one for each rule, and the notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kerastune_widget.core.diagnosis import Rule, all_rules
from kerastune_widget.core.documentation import read_sections
from kerastune_widget.core.text import LANGUAGES, Language, Text

_LANGUAGE_NAMES = Text(en="English", zh="中文")
_SAYS, _ADVISES = Text(en="What it says", zh="诊断内容"), Text(en="What it advises", zh="建议")
_EXPERIMENT = Text(en="The experiment that would tell", zh="能够验证的实验")
_EXPLAINS = Text(en="What it can explain", zh="可以解释哪些现象")
_GROUPS = {
    "1": Text(en="The curves", zh="曲线"),
    "2": Text(en="Inside the network", zh="网络内部"),
    "3": Text(en="The model's configuration", zh="模型配置"),
    "4": Text(en="The data", zh="数据"),
}
_SEVERITIES = {
    "problem": Text(en="problem", zh="问题"),
    "warning": Text(en="warning", zh="警告"),
    "info": Text(en="note", zh="提示"),
    "good": Text(en="good", zh="良好"),
}
_INTRODUCTION = """# The rules

A rule reads the numbers of one run, and what is known of its model and data, and says what it sees, with its
evidence, or nothing. Several may speak: root causes come first, then what they explain. Each page below is what the
panel shows under *Why?*, in English and in Chinese. The severity is the usual one; a rule may grade it by what it sees.
"""
_TABLE = "| rule | | | severity |\n|---|---|---|---|\n"


def write_pages(docs: Path) -> None:
    """Write ``rules/`` and ``notebooks/`` below ``docs``; a page that has not changed is not touched."""
    rules = {f"{page_name(rule)}.md": rule_page(rule) for rule in all_rules()}
    _write_folder(docs / "rules", {"index.md": rules_index(), **rules})
    lessons = docs.parent / "notebooks"
    for folder in (lessons, lessons / "zh"):
        notebooks = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.ipynb"))}
        _write_folder(docs / folder.relative_to(docs.parent), notebooks)


def page_name(rule: Rule) -> str:
    """Return the name of a rule's page, such as "kt101-overfitting"."""
    return f"{rule.code.lower()}-{rule.name}"


def rules_index() -> str:
    """Return the page that lists all rules, by what they read."""
    groups = "".join(_group(number, title) for number, title in _GROUPS.items())
    pages = "\n".join(page_name(rule) for rule in all_rules())
    return f"{_INTRODUCTION}{groups}\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


def _group(number: str, title: Text) -> str:
    rows = "".join(
        f"| [{rule.code}]({page_name(rule)}.md) | {rule.title.en} | {rule.title.zh} | {_severity(rule)} |\n"
        for rule in all_rules()
        if rule.code.startswith(f"KT{number}")
    )
    return f"\n## {title.en} · {title.zh}\n\n{_TABLE}{rows}"


def rule_page(rule: Rule) -> str:
    """Return a rule's page: its documentation in English, then in Chinese."""
    languages = "\n".join(line for language in LANGUAGES for line in _in_language(rule, language))
    return f"# {rule.code} {rule.title.en} · {rule.title.zh}\n\n`{rule.name}`, {_severity(rule)}\n\n{languages}"


def _severity(rule: Rule) -> str:
    words = _SEVERITIES[rule.severity]
    return f"{words.en} · {words.zh}"


def _in_language(rule: Rule, language: Language) -> Iterator[str]:
    yield f"## {_LANGUAGE_NAMES.get(language)}\n"
    for heading, words in read_sections(rule.documentation, language):
        yield f"**{heading.get(language)}**\n: {_escaped(words[:1].upper() + words[1:])}\n"
    for heading, text in ((_SAYS, rule.message), (_ADVISES, rule.advice), (_EXPERIMENT, rule.experiment)):
        yield f"**{heading.get(language)}**\n: {_escaped(_open_slots(getattr(text, language)))}\n"
    if rule.causes:
        yield f"**{_EXPLAINS.get(language)}**\n: {_links(rule, language)}\n"


def _links(rule: Rule, language: Language) -> str:
    explained = [other for other in all_rules() if other.name in rule.causes]
    comma = ", " if language == "en" else "、"
    return comma.join(f"[{other.title.get(language)}]({page_name(other)}.md)" for other in explained)


def _open_slots(words: str) -> str:
    """Show where a number will stand."""
    return re.sub(r"\{[^{}]*\}", "…", words).replace("….", "…")


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_<>\[\]$|#~])", r"\\\1", words)


def _write_folder(folder: Path, pages: dict[str, str]) -> None:
    """Make ``folder`` hold exactly ``pages``; Sphinx reads again only what has a new time stamp."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.*"):
        if path.is_file() and path.name not in pages:
            path.unlink()
    for name, page in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
