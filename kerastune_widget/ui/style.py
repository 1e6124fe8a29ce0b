"""Our style sheet as a widget, so that it travels with each display."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import ipywidgets

from .making import make, show_if


@cache
def style_text() -> str:
    """Return ``static/style.css``."""
    return files(__package__).joinpath("static", "style.css").read_text(encoding="utf-8")


def style_sheet() -> ipywidgets.HTML:
    """Return a widget that takes no room and styles every widget of ours on the page."""
    sheet = make(ipywidgets.HTML, f"<style>{style_text()}</style>")
    show_if(sheet, False)
    return sheet
