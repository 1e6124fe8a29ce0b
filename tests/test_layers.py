"""The floors hold: core knows no Keras and no widgets, the engine no widgets, the panels no engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "kerastune_widget"
KERAS = {"keras", "tensorflow", "torch", "jax", "optuna"}
WIDGETS = {"anywidget", "ipywidgets", "traitlets", "IPython"}
FORBIDDEN = {
    "core": {*KERAS, *WIDGETS, "matplotlib", "threading.Thread", "kerastune_widget.engine", "kerastune_widget.ui"},
    "engine": {*WIDGETS, "matplotlib", "kerastune_widget.ui", "kerastune_widget.widget"},
    "ui": {*KERAS, "kerastune_widget.engine", "kerastune_widget.widget"},
}
BOTH_FLOORS = {"widget.py"}


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that ``path`` imports, inside functions too."""
    package = ("kerastune_widget", *path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join((*base, *([node.module] if node.module else [])))
            yield stem
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def is_within(name: str, banned: str) -> bool:
    return name == banned or name.startswith(f"{banned}.")


def test_there_are_files_to_read() -> None:
    assert all(list((ROOT / floor).rglob("*.py")) for floor in FORBIDDEN)


@pytest.mark.parametrize("floor", FORBIDDEN)
def test_floor_never_looks_up(floor: str) -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        for name in imports(path)
        if any(is_within(name, banned) for banned in FORBIDDEN[floor])
    ]
    assert found == []


def test_only_the_widget_joins_engine_and_panels() -> None:
    joining = set()
    for path in ROOT.rglob("*.py"):
        names = set(imports(path))
        if all(any(is_within(n, f"kerastune_widget.{floor}") for n in names) for floor in ("engine", "ui")):
            joining.add(str(path.relative_to(ROOT)))
    assert joining <= BOTH_FLOORS


def test_nothing_imports_pyplot() -> None:
    users = [path for path in ROOT.rglob("*.py") if "matplotlib.pyplot" in set(imports(path))]
    assert users == []
