"""Joins the chart's JavaScript modules into the one that anywidget takes, so that nobody needs a build step."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./\w+\.js\";\n+", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function|const|class) )", re.MULTILINE)


def bundle(folder: Path) -> str:
    """Return the modules of ``folder`` as one, ``index.js`` last; no two may declare the same name at top level."""
    paths = sorted(folder.glob("*.js"), key=lambda path: (path.name == "index.js", path.name))
    modules = [path.read_text(encoding="utf-8") for path in paths]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", module)) for module in modules)
