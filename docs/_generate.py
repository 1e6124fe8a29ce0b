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
_SEVERITIES = {
    "problem": Text(en="problem", zh="问题"),
    "warning": Text(en="warning", zh="警告"),
    "info": Text(en="note", zh="提示"),
    "good": Text(en="good", zh="良好"),
}
_INTRODUCTION = """# The rules

A rule reads the numbers of one run and says what it sees, with its evidence, or nothing. Several may speak; the most
important comes first. Each page below is what the panel shows under *Why?*, in English and in Chinese.

| rule | | | severity |
|---|---|---|---|
"""


def write_pages(docs: Path) -> None:
    """Write ``rules/`` and ``notebooks/`` below ``docs``; a page that has not changed is not touched."""
    rules = {f"{page_name(rule)}.md": rule_page(rule) for rule in all_rules()}
    _write_folder(docs / "rules", {"index.md": rules_index(), **rules})
    notebooks = sorted((docs.parent / "notebooks").glob("*.ipynb"))
    _write_folder(docs / "notebooks", {path.name: path.read_text(encoding="utf-8") for path in notebooks})


def page_name(rule: Rule) -> str:
    """Return the name of a rule's page, such as "kt101-overfitting"."""
    return f"{rule.code.lower()}-{rule.name}"


def rules_index() -> str:
    """Return the page that lists all rules."""
    rows = "".join(
        f"| [{rule.code}]({page_name(rule)}.md) | {rule.title.en} | {rule.title.zh} | {_severity(rule)} |\n"
        for rule in all_rules()
    )
    pages = "\n".join(page_name(rule) for rule in all_rules())
    return f"{_INTRODUCTION}{rows}\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


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
    for heading, text in ((_SAYS, rule.message), (_ADVISES, rule.advice)):
        yield f"**{heading.get(language)}**\n: {_escaped(_open_slots(getattr(text, language)))}\n"


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
