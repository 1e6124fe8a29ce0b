"""What a run is called within a sentence."""

from __future__ import annotations

from ...core.plots._words import run_title
from ...core.text import Text
from ...core.training import RunLike


def naming(run: RunLike) -> Text:
    """Return the name that a person gave it, else "run 3"."""
    title = run_title(run.number, run.name)
    return title if run.name else Text(en=title.en.lower(), zh=title.zh)
