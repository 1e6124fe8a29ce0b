"""The documentation of a rule, read as sections, in both languages."""

from __future__ import annotations

import inspect

from .text import Text

HEADINGS = (
    Text(en="What it sees", zh="看到什么"),
    Text(en="Why it matters", zh="为什么重要"),
    Text(en="When it is wrong", zh="何时会错"),
    Text(en="Source", zh="来源"),
)
_COLON, _JOINT = Text(en=":", zh="："), Text(en=" ", zh="")  # Chinese lines join without a space


def read_sections(documentation: Text, language: str = "en") -> list[tuple[Text, str]]:
    """Return the sections of ``documentation`` by heading, in its order; words under no known heading are left out.

    A section begins at a line's start with its heading; its further lines are indented.
    """
    paragraphs: list[str] = []
    for line in inspect.cleandoc(documentation.get(language)).splitlines():
        if line.startswith(" ") and paragraphs:
            paragraphs[-1] += _JOINT.get(language) + line.strip()
        else:
            paragraphs.append(line.strip())
    known = {heading.get(language): heading for heading in HEADINGS}
    sections = (paragraph.partition(_COLON.get(language)) for paragraph in paragraphs)
    return [(known[name], words.strip()) for name, _, words in sections if name in known]
