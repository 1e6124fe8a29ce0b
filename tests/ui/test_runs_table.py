"""The page's half of the table of runs, as far as it can be tested without a browser; Node only, where there is one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import kerastune_widget
from kerastune_widget.ui.bundle import bundle

FOLDER = Path(kerastune_widget.__file__).parent / "ui" / "static" / "runs"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")


def node(script: str) -> Any:
    done = subprocess.run(
        ["node", "--input-type=module", "-"], input=script, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def row(number: int, best: float | None = None, parent: int | None = None, **more: Any) -> dict[str, Any]:
    origin = None if parent is None else {"run": parent, "epochs": 1}
    return {"number": number, "best": best, "last": best, "parent": origin, "pinned": False, **more}


def order(rows: list[dict[str, Any]], higher: bool = False, **view: Any) -> list[tuple[int, int]]:
    script = f"""
        import {{ ordered }} from "{FOLDER.as_uri()}/order.js";
        const rows = new Map({json.dumps(rows)}.map((row) => [row.number, row]));
        const view = {json.dumps(view)};
        const table = {{ rows, look: {{ higher: {json.dumps(higher)} }}, model: {{ get: () => view }} }};
        console.log(JSON.stringify(ordered(table).map(([row, depth]) => [row.number, depth])));
    """
    return [tuple(pair) for pair in node(script)]


def test_the_bundle_is_one_module_with_one_export() -> None:
    code = bundle(FOLDER)
    assert not re.search(r"^import ", code, re.MULTILINE)
    assert re.findall(r"^export .*", code, re.MULTILINE) == ["export default { render };"]


def test_no_two_modules_declare_the_same_name() -> None:
    names = re.findall(r"^(?:export )?(?:async )?(?:function|const) (\w+)", bundle(FOLDER), re.MULTILINE)
    assert len(names) == len(set(names)) > 40


@needs_node
def test_both_languages_have_the_same_words() -> None:
    script = f"""
        import {{ WORDS }} from "{FOLDER.as_uri()}/words.js";
        const names = (words) => Object.entries(words).flatMap(([name, value]) =>
          value && value.constructor === Object ? names(value).map((inner) => `${{name}}.${{inner}}`) : [name]);
        console.log(JSON.stringify([names(WORDS.en), names(WORDS.zh)]));
    """
    english, chinese = node(script)
    assert english == chinese


@needs_node
def test_newest_first_with_branches_under_the_run_they_came_from() -> None:
    rows = [row(1), row(2), row(3), row(4, parent=1), row(5, parent=4), row(6, parent=1)]
    assert order(rows) == [(1, 0), (6, 1), (4, 1), (5, 2), (3, 0), (2, 0)]


@needs_node
def test_a_branch_whose_parent_was_deleted_stands_alone() -> None:
    assert order([row(2, parent=1), row(3)]) == [(3, 0), (2, 0)]


@needs_node
def test_a_pinned_run_stands_above_the_others() -> None:
    assert order([row(1, pinned=True), row(2), row(3)]) == [(1, 0), (3, 0), (2, 0)]


@needs_node
@pytest.mark.parametrize(
    ("higher", "reversed_", "expected"),
    [
        (False, False, [2, 1, 3, 4]),
        (False, True, [3, 1, 2, 4]),
        (True, False, [3, 1, 2, 4]),
        (True, True, [2, 1, 3, 4]),
    ],
)
def test_sorted_by_a_metric_the_best_comes_first_and_the_unknown_last(
    higher: bool, reversed_: bool, expected: list[int]
) -> None:
    rows = [row(1, 0.5), row(2, 0.1), row(3, 0.9), row(4, None)]
    found = order(rows, higher, sort="best", reversed=reversed_)
    assert [number for number, _ in found] == expected


@needs_node
def test_a_pinned_run_stands_above_the_others_however_they_are_sorted() -> None:
    rows = [row(1, 0.5), row(2, 0.1), row(3, 0.9, pinned=True)]
    assert order(rows, sort="best", reversed=False) == [(3, 0), (2, 0), (1, 0)]
    assert order(rows, sort="number", reversed=True) == [(3, 0), (1, 0), (2, 0)]


@needs_node
def test_a_heading_sorts_best_first_then_worst_first_then_not_at_all() -> None:
    script = f"""
        import {{ nextSort }} from "{FOLDER.as_uri()}/order.js";
        const views = [{{}}];
        for (let i = 0; i < 3; i++) views.push(nextSort(views.at(-1), "best"));
        console.log(JSON.stringify(views.slice(1)));
    """
    best = {"sort": "best", "reversed": False}
    assert node(script) == [best, {**best, "reversed": True}, {"sort": "number", "reversed": False}]


@needs_node
@pytest.mark.parametrize(
    ("value", "text"),
    [(0.41352, "0.4135"), (0, "0.0000"), (12.3456, "12.346"), (1e-5, "1.00e-5"), (2e7, "2.00e+7"), (None, "–")],
)
def test_numbers_are_short(value: float | None, text: str) -> None:
    script = f"""
        import {{ numberText }} from "{FOLDER.as_uri()}/numbers.js";
        console.log(JSON.stringify(numberText({json.dumps(value)})));
    """
    assert node(script) == text
