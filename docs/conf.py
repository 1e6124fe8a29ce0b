"""How Sphinx builds the documentation: offline, from docstrings, rules, notebooks and the pages beside this file."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from _generate import write_pages  # noqa: E402

from kerastune_widget import __version__  # noqa: E402

project = "kerastune-widget"
copyright = "the kerastune-widget authors, Apache License 2.0"
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]

html_theme = "furo"
html_title = "kerastune-widget"
html_static_path = ["_static"]
html_css_files = ["pictures.css"]
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # notebook magics

nb_execution_mode = "off"  # tests/notebooks runs them; a page that trains would make the build slow
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # else the pages ask a CDN for them

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
maximum_signature_line_length = 88
autodoc_member_order = "bysource"
napoleon_use_ivar = True

write_pages(HERE)


def true_signature(app: Any, what: str, name: str, member: Any, options: Any, signature: str, result: str) -> Any:
    """Show what the constructor takes where a base class hides it behind ``*args``."""
    if what == "class" and signature == "(*args, **kwargs)":
        whole = inspect.signature(member.__init__)
        own = [part.replace(annotation=part.empty) for part in whole.parameters.values() if part.name != "self"]
        signature = str(whole.replace(parameters=own, return_annotation=whole.empty))
    return signature, result


def keep_colons(app: Any, what: str, name: str, member: Any, options: Any, lines: list[str]) -> None:
    """Keep napoleon from reading what stands before a colon in a property's first line as its type."""
    if what == "property":
        lines[:0] = ["..", ""]  # an empty comment


def setup(app: Any) -> None:
    """Tell Sphinx about the above."""
    app.connect("autodoc-process-docstring", keep_colons, priority=100)
    app.connect("autodoc-process-signature", true_signature)
